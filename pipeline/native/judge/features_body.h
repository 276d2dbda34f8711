// Where each block stands to the body of its page: `body.py` says why.

#pragma once

#include "features_text.h"

namespace {

constexpr size_t OF_BODY = 29;

double sum(const Numbers& some) {
    return total_of(some.size(), [&](size_t i) { return some[i]; });
}

// The words outside links that readers see, and those of them that speak for a body.
struct Held {
    Held(const Page& page, const OwnNumbers& own) {
        for (size_t i = 0; i < page.size(); ++i) {
            text.push_back(own.shown[i] * (1 - page.links[i]));
            told.push_back(own.prose[i] * text[i] * (1 - 0.5 * page.closed[i]));
        }
        whole = std::max(sum(text), 1.0);
    }
    Numbers text, told;
    double whole;
};

// The box with most prose, and its paragraphs.
struct BodyBox {
    BodyBox(const Page& page, const OwnNumbers& own, const Held& held) {
        size_t boxes = 0;
        for (size_t i = 0; i < page.size(); ++i) boxes = std::max(boxes, page.boxes[i] + 1);
        Numbers sums = sums_by(page.boxes, boxes, [&](size_t i) { return held.told[i]; });
        box = static_cast<size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
        told = sums[box];
        sums.erase(sums.begin() + static_cast<std::ptrdiff_t>(box));
        second = sums.empty() ? 0.0 : *std::max_element(sums.begin(), sums.end());
        any = page.size();
        for (size_t i = 0; i < page.size(); ++i) {
            if (!has(page, i)) continue;
            any = std::min(any, i);
            if (told == 0.0 || own.prose[i] == 0.0) continue;
            if (!found) first = i;
            found = true;
            last = i;
        }
    }
    bool has(const Page& page, size_t block) const { return page.boxes[block] == box; }

    size_t box, any, first = 0, last = 0;  // its number, the first block in it, its first and last paragraph
    bool found = false;                    // a paragraph
    double told, second;                   // its prose, and that of the next best
};

// How many elements each way shares with the one to the body, from the outside in.
std::vector<size_t> shared_with(const Ways& ways, size_t body) {
    std::vector<size_t> depths(ways.size(), 0), shared(ways.size(), 0);
    int64_t step = static_cast<int64_t>(body), depth = ways.depth[body];
    for (; step >= 0; step = ways.outer[static_cast<size_t>(step)], --depth) {
        depths[ways.number[static_cast<size_t>(step)]] = static_cast<size_t>(std::max<int64_t>(depth + 1, 0));
    }
    for (size_t i = 0; i < ways.size(); ++i) {
        const size_t own = depths[ways.number[i]];
        shared[i] = own > 0 || ways.outer[i] < 0 ? own : shared[static_cast<size_t>(ways.outer[i])];
    }
    return shared;
}

// Ten columns of a block's place to the body.
void add_to_body(Table& table, const Page& page, const BodyBox& body, const Logarithms& logarithm) {
    if (!body.found) {
        for (int column = 0; column < 10; ++column) table.fill(0);
        return;
    }
    const Ways& ways = page.ways;
    const size_t way = ways.around(ways.of_blocks[body.any]);
    const auto whole = static_cast<double>(ways.depth[way] + 1);
    const std::vector<size_t> shared = shared_with(ways, way);
    const auto together = [&](size_t i) { return static_cast<double>(shared[ways.of_blocks[i]]); };
    const auto depth = [&](size_t i) { return static_cast<double>(ways.depth[ways.of_blocks[i]] + 1); };
    const auto before = [&](size_t i) { return body.first > i ? logarithm[body.first - i] : 0.0; };
    const auto after = [&](size_t i) { return i > body.last ? logarithm[i - body.last] : 0.0; };
    table.add([&](size_t i) { return body.has(page, i); });
    table.add([&](size_t i) { return together(i) / whole; });
    table.add([&](size_t i) { return (whole - together(i)) / 8; });
    table.add([&](size_t i) { return (depth(i) - together(i)) / 12; });
    table.add([&](size_t i) { return i < body.first; });
    table.add([&](size_t i) { return i > body.last; });
    table.add([&](size_t i) { return i >= body.first && i <= body.last; });
    table.add(before);
    table.add(after);
    table.add([&](size_t i) { return i >= body.last ? after(i) : -logarithm[body.last - i]; });
}

// Nine of the page.
void add_bodies(Table& table, const Page& page, const OwnNumbers& own, const Held& held, const BodyBox& body) {
    const size_t count = page.size();
    const double whole = held.whole;
    const double spread = body.found ? static_cast<double>(body.last - body.first + 1) : 0.0;
    const double inside = total_of(count, [&](size_t i) { return body.has(page, i) ? held.text[i] : 0.0; });
    table.fill(std::log1p(body.told));
    table.fill(body.told / whole);
    table.fill(total_of(count, [&](size_t i) { return own.prose[i] * held.text[i]; }) / whole);
    table.fill(std::log1p(sum(own.prose)));
    table.fill(std::log1p(whole));
    table.fill(whole / std::max(sum(own.shown), 1.0));
    table.fill(body.found ? inside / whole : 0.0);
    table.fill(spread / static_cast<double>(count));
    table.fill(body.second / std::max(body.told, 1.0));
}

// Four columns: prose, words, and shares of the page's prose and text on the same path.
void add_same_path(Table& table, const Page& page, const OwnNumbers& own, const Held& held, const Numbers& on_path) {
    const auto sums = [&](const Numbers& some) {
        return sums_by(page.paths, page.ways.size(), [&](size_t i) { return some[i]; });
    };
    const double told = std::max(sum(held.told), 1.0);
    Numbers prose = sums(own.prose), words = sums(own.shown), prose_text = sums(held.told), text = sums(held.text);
    for (double& some : words) some = own.logarithm.of(some);
    table.add([&](size_t i) { return prose[page.paths[i]] / on_path[page.paths[i]]; });
    table.add([&](size_t i) { return words[page.paths[i]]; });
    table.add([&](size_t i) { return prose_text[page.paths[i]] / told; });
    table.add([&](size_t i) { return text[page.paths[i]] / held.whole; });
}

// Six columns: links and level of the last heading, how far it is, and links, prose and size of its section.
void add_section(Table& table, const Page& page, const OwnNumbers& own, size_t heading) {
    const size_t count = page.size();
    std::vector<size_t> section(count), heads;  // how many headings stand before or at each block, and where they are
    for (size_t i = 0; i < count; ++i) {
        if (page.is(i, heading) && page.shown[i]) heads.push_back(i);
        section[i] = heads.size();
    }
    const size_t sections = heads.size() + 1;
    const auto weight = [&](size_t i) { return page.words[i] + 0.5; };
    const auto sums = [&](auto make) { return sums_by(section, sections, make); };
    const Numbers totals = sums(weight), sizes = sums([](size_t) { return 1.0; });
    const Numbers links = sums([&](size_t i) { return page.links[i] * weight(i); });
    const Numbers prose = sums([&](size_t i) { return own.prose[i] * weight(i); });
    const auto share = [&](const Numbers& some, size_t i) {
        return some[section[i]] / std::max(totals[section[i]], 1e-9);
    };
    table.add([&](size_t i) { return section[i] == 0 ? 0.0 : page.links[heads[section[i] - 1]]; });
    table.add([&](size_t i) { return section[i] == 0 ? 0.0 : page.levels[heads[section[i] - 1]] / 6; });
    table.add([&](size_t i) { return own.logarithm[section[i] == 0 ? i : i - heads[section[i] - 1]]; });
    table.add([&](size_t i) { return share(links, i); });
    table.add([&](size_t i) { return share(prose, i); });
    table.add([&](size_t i) { return own.logarithm[static_cast<size_t>(sizes[section[i]])]; });
}

void add_body(Table& table, const Page& page, const OwnNumbers& own, const Names& names, const Numbers& on_path) {
    const Held held(page, own);
    const BodyBox body(page, own, held);
    add_to_body(table, page, body, own.logarithm);
    add_bodies(table, page, own, held, body);
    add_same_path(table, page, own, held, on_path);
    add_section(table, page, own, names.heading);
}

}  // namespace
