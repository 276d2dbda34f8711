// The features of the lines of a text, compiled: the columns of `lines.py`, which says why, to the last bit.
//
// Here are the door of the module and the columns; the characters of the lines are counted in `lines_characters.h`.

#include "../door.h"
#include "lines_characters.h"

namespace {

constexpr size_t OF_LINES = 91, OF_CONTEXT = 19;  // columns
constexpr double FAR = 60;                         // lines

// A text of n lines, as its columns need it.
struct Page {
    const Items texts;
    const Copies copies;
    const Array<double> words, length;  // length: log1p(words)
    const Array<bool> prose;
    const Array<double> spoken;
    const Array<int64_t> kinds;
    const int64_t item, code, row;
    const std::vector<Line> lines;
    const size_t count;

    explicit Page(const Items& given)
        : texts(given[1]), copies(Items(given[2], texts.size())), words(given[3], texts.size()),
          length(given[4], texts.size()), prose(given[5], texts.size()), spoken(given[6], texts.size()),
          kinds(given[7], texts.size()), item(whole_number(Items(given[8], 3)[0])),
          code(whole_number(Items(given[8], 3)[1])), row(whole_number(Items(given[8], 3)[2])),
          lines(Characters(given[0], texts, prose).take()), count(texts.size()) {
        if (count == 0) refuse(PyExc_ValueError, "a text of at least one line was expected");
    }

    double end(size_t i) const { return lines[i].stops() && !lines[i].trails(); }
    double capitals(size_t i) const {
        const Line& line = lines[i];
        return line.capitals / std::max<double>(line.capitals + line.small, 1);
    }
    bool is_item(size_t i) const { return kinds[i] == item; }

    // What a line looks like, as one number below 512.
    int64_t shape(size_t i) const {
        const Line& line = lines[i];
        const auto steps = static_cast<int64_t>(std::min(length[i] * 1.5, 7.0));
        return steps + 8 * line.stops() + 16 * line.first + 256 * is_item(i);
    }
};

// Each line by itself.
void add_own(Table& table, const Page& page) {
    const auto add = [&](auto make) { table.add([&](size_t i) -> double { return make(page.lines[i], i); }); };
    const auto some = [&](size_t i) { return std::max(page.words[i], 1.0); };
    const auto ink = [](const Line& line) { return std::max(static_cast<double>(line.size) - line.count(SPACE), 1.0); };
    const auto per_word = [&](auto of) { add([=](const Line& line, size_t i) { return line.count(of) / some(i); }); };
    const auto share = [&](auto of) { add([=](const Line& line, size_t) { return line.count(of) / ink(line); }); };
    const auto begins = [&](auto of) { add([=](const Line& line, size_t) { return line.first == of; }); };
    const auto inner = [&](const Line& line, size_t i) { return std::max(line.count(STOP) - page.end(i), 0.0); };
    add([&](const Line&, size_t i) { return page.length[i]; });
    add([](const Line& line, size_t) { return std::log1p(static_cast<double>(line.size)); });
    add([&](const Line&, size_t i) { return page.end(i); });
    add([](const Line& line, size_t) { return line.trails(); });
    add([](const Line& line, size_t) { return line.last == COLON; });
    for (const Class of : {UPPER, LOWER, DIGIT, QUOTE}) begins(of);
    add([](const Line& line, size_t) { return line.first == MARK || line.first == SIGN; });
    per_word(COMMA);
    share(DIGIT);
    share(UPPER);
    add([&](const Line& line, size_t i) { return line.capitals / some(i); });
    add([&](const Line&, size_t i) { return page.capitals(i); });
    per_word(MARK);
    share(SIGN);
    per_word(QUOTE);
    per_word(BRACKET);
    add([&](const Line& line, size_t) {
        return (line.count(UPPER) + line.count(LOWER) + line.count(OTHER)) / ink(line);
    });
    add([&](const Line& line, size_t i) { return std::min(inner(line, i), 5.0); });
    add([&](const Line& line, size_t i) { return inner(line, i) / some(i); });
    add([](const Line& line, size_t) { return line.count(UPPER) > 1 && line.count(LOWER) == 0; });
    add([&](const Line& line, size_t i) { return line.count(DIGIT) > 0 && page.words[i] <= 6; });
    add([&](const Line&, size_t i) { return page.prose[i]; });
    add([&](const Line&, size_t i) { return page.is_item(i); });
    add([&](const Line&, size_t i) { return page.kinds[i] == page.code || page.kinds[i] == page.row; });
    add([](const Line& line, size_t) { return line.address; });
    add([](const Line& line, size_t) { return line.question; });
}

// Where each line stands: from the ends, and from the prose.
void add_place(Table& table, const Page& page) {
    const size_t count = page.count, last = count - 1;
    const auto told = [&](size_t i) { return page.prose[i] ? page.words[i] : 0.0; };
    const Numbers words = running_of(count, [&](size_t i) { return page.words[i]; });
    const Numbers tellings = running_of(count, told);
    const Numbers runs = running_of(count, [&](size_t i) { return page.prose[i]; });
    const Numbers after = since(count, [&](size_t i) { return page.prose[i]; }, FAR);
    const Numbers ahead = since(count, [&](size_t i) { return page.prose[last - i]; }, FAR);  // from behind
    Numbers stretch(static_cast<size_t>(runs[count]) + 1, 0.0);
    for (size_t i = 0; i < count; ++i) ++stretch[static_cast<size_t>(runs[i + 1])];
    const double total = std::max(words[count], 1.0), told_total = std::max(tellings[count], 1.0);
    table.add([&](size_t i) { return static_cast<double>(i) / std::max(static_cast<double>(last), 1.0); });
    table.add([&](size_t i) { return words[i + 1] / total; });
    table.add([&](size_t i) { return std::log1p(static_cast<double>(i)); });
    table.add([&](size_t i) { return std::log1p(static_cast<double>(last - i)); });
    table.add([&](size_t i) { return std::log1p(words[i + 1] - page.words[i]); });
    table.add([&](size_t i) { return std::log1p(total - words[i + 1]); });
    table.add([&](size_t i) { return std::log1p(after[i]); });
    table.add([&](size_t i) { return std::log1p(ahead[last - i]); });
    table.add([&](size_t i) { return std::log1p(std::min(after[i], ahead[last - i])); });
    table.add([&](size_t i) { return (tellings[i + 1] - told(i)) / told_total; });
    table.add([&](size_t i) { return 1 - tellings[i + 1] / told_total; });
    table.add([&](size_t i) { return runs[i + 1] / std::max(runs[count], 1.0); });
    table.add([&](size_t i) { return page.prose[i] ? 0.0 : std::log1p(stretch[static_cast<size_t>(runs[i + 1])]); });
}

// The lines around each line: windows, the lines beside, and what the rules say of them.
void add_neighbours(Table& table, const Page& page) {
    const size_t count = page.count;
    const auto column = [&](auto make) { return numbers_of(count, make); };
    const Numbers rules = column([&](size_t i) { return std::min(page.spoken[i], 2.0); });
    const std::array<Numbers, 8> base = {
        column([&](size_t i) { return page.words[i] / 20; }),
        column([&](size_t i) { return page.end(i); }),
        column([&](size_t i) { return page.prose[i]; }),
        column([&](size_t i) { return page.length[i]; }),
        column([&](size_t i) { return page.capitals(i); }),
        column([&](size_t i) {
            return page.lines[i].count(DIGIT) / std::max(static_cast<double>(page.lines[i].size), 1.0);
        }),
        column([&](size_t i) { return page.length[i] * page.length[i]; }),
        rules,
    };
    std::array<Numbers, 8> sums;
    for (size_t k = 0; k < base.size(); ++k) sums[k] = running_of(count, [&](size_t i) { return base[k][i]; });
    const auto mean = [&](size_t k, size_t i, size_t reach) {
        const size_t low = i < reach ? 0 : i - reach, high = std::min(i + reach + 1, count);
        return window_of(sums[k], i, reach) / static_cast<double>(high - low);
    };
    const auto add = [&](size_t reach, size_t columns) {
        for (size_t k = 0; k < columns; ++k) table.add([&](size_t i) { return mean(k, i, reach); });
    };
    add(2, 5);
    add(5, 6);
    add(12, 4);
    table.add([&](size_t i) { return mean(2, i, 25); });
    table.add([&](size_t i) {
        const double middle = mean(3, i, 5);
        return std::sqrt(std::max(mean(6, i, 5) - middle * middle, 0.0));
    });
    table.add([&](size_t i) { return page.length[i] - mean(3, i, 5); });
    for (const int64_t step : {2, -2}) table.add([&](size_t i) { return shifted(page.length, i, step, 0.0); });
    for (const size_t k : {3, 1, 2, 7}) {
        for (const int64_t step : {1, -1}) table.add([&](size_t i) { return shifted(base[k], i, step, 0.0); });
    }
    const Numbers silent = since(count, [&](size_t i) { return rules[i] >= 1; }, FAR);
    table.add([&](size_t i) { return rules[i]; });
    table.add([&](size_t i) { return mean(7, i, 2); });
    table.add([&](size_t i) { return std::log1p(silent[i]); });
}

// The first word of a text: all before the first blank.
Ref first_word(PyObject* text) {
    const Py_ssize_t size = PyUnicode_GET_LENGTH(text), blank = PyUnicode_FindChar(text, U' ', 0, size, 1);
    check(blank != -2);
    return Ref(PyUnicode_Substring(text, 0, blank < 0 ? size : blank));
}

// What is alike: shapes nearby and on the page, first words, copies.
void add_likeness(Table& table, const Page& page) {
    const size_t count = page.count;
    std::vector<int64_t> shapes(count);
    std::array<double, 512> amounts{};
    for (size_t i = 0; i < count; ++i) ++amounts[static_cast<size_t>(shapes[i] = page.shape(i))];
    const Copies firsts(Items(list_of(count, [&](size_t i) { return first_word(page.texts.text(i)); }).get()));
    const auto first = numbers_of(count, [&](size_t i) { return static_cast<double>(firsts.first(i)); });
    const auto same = [](const auto& values, size_t i, int64_t step) {
        return shifted(values, i, step, decltype(values[0] + 0){-1}) == values[i];
    };
    const auto near = [&](const auto& values, size_t i, int64_t reach) {
        double alike = 0;
        for (int64_t step = 1; step <= reach; ++step) alike += same(values, i, step) + same(values, i, -step);
        return alike;
    };
    table.add([&](size_t i) { return same(shapes, i, 1); });
    table.add([&](size_t i) { return same(shapes, i, -1); });
    table.add([&](size_t i) { return near(shapes, i, 6) / 12; });
    table.add([&](size_t i) { return amounts[static_cast<size_t>(shapes[i])] / static_cast<double>(count); });
    table.add([&](size_t i) { return std::log(static_cast<double>(firsts.amount(i))); });
    table.add([&](size_t i) { return near(first, i, 3) / 3; });
    table.add([&](size_t i) { return std::log(static_cast<double>(page.copies.amount(i))); });
    table.add([&](size_t i) { return page.copies.again(i); });
}

// How many of a line's long words stand in other prose of the page, and how many nowhere else.
void add_vocabulary(Table& table, const Page& page) {
    const auto share = [&](uint32_t Line::*of) {
        table.add([&, of](size_t i) { return page.lines[i].*of / std::max<double>(page.lines[i].words, 1); });
    };
    share(&Line::shared);
    share(&Line::alone);
    table.add([&](size_t i) { return std::min<double>(page.lines[i].words, 10) / 10; });
}

// What all lines of a page share.
void add_page(Table& table, const Page& page) {
    const auto count = static_cast<double>(page.count);
    const auto total = [&](auto make) { return total_of(page.count, make); };
    const double words = std::max(total([&](size_t i) { return page.words[i]; }), 1.0);
    table.fill(std::log1p(words));
    table.fill(std::log1p(count));
    table.fill(total([&](size_t i) { return page.prose[i] ? page.words[i] : 0.0; }) / words);
    table.fill(total([&](size_t i) { return page.end(i); }) / count);
    table.fill(total([&](size_t i) { return page.is_item(i); }) / count);
    table.fill(std::log1p(*std::max_element(page.words.begin(), page.words.end())));
    table.fill(total([&](size_t i) { return !page.copies.again(i); }) / count);
}

Ref lines(const Items& given) {
    const Page page(given);
    Table table(page.count, OF_LINES);
    add_own(table, page);
    add_place(table, page);
    add_neighbours(table, page);
    add_likeness(table, page);
    add_vocabulary(table, page);
    add_page(table, page);
    return table.whole();
}

Ref context(const Items& given) {
    const Array<double> shapes(given[0], Array<double>::ANY);
    const size_t count = shapes.size();
    const Array<double> texts(given[1], count), words(given[2], count);
    if (count == 0) refuse(PyExc_ValueError, "a text of at least one line was expected");
    const Numbers scores = numbers_of(count, [&](size_t i) { return clipped(shapes[i] + texts[i], -8, 8); });
    const Numbers likely = numbers_of(count, [&](size_t i) { return 1 / (1 + std::exp(-scores[i])); });
    const auto weight = [&](size_t i) { return std::sqrt(words[i] + 1); };
    const Numbers weights = running_of(count, weight);
    const Numbers sums = running_of(count, [&](size_t i) { return likely[i] * weight(i); });
    const Numbers told = running_of(count, [&](size_t i) { return likely[i] * words[i]; });
    Table table(count, OF_CONTEXT);
    table.add([&](size_t i) { return scores[i]; });
    table.add([&](size_t i) { return likely[i]; });
    for (const int64_t step : {1, -1, 2, -2, 3, -3}) table.add([&](size_t i) { return shifted(likely, i, step, 0.0); });
    for (const size_t reach : {4, 10, 25}) {
        table.add([&](size_t i) {
            const auto width = static_cast<double>(std::min(i + reach + 1, count) - (i < reach ? 0 : i - reach));
            return (window_of(sums, i, reach) / width) / (window_of(weights, i, reach) / width);
        });
    }
    table.fill(sums[count] / weights[count]);
    table.fill(told[count] / std::max(total_of(count, [&](size_t i) { return words[i]; }), 1.0));
    table.fill(*std::max_element(likely.begin(), likely.end()));
    Numbers before(likely), after(likely);
    for (size_t i = 1; i < count; ++i) before[i] = std::max(before[i], before[i - 1]);
    for (size_t i = count - 1; i > 0; --i) after[i - 1] = std::max(after[i], after[i - 1]);
    table.add([&](size_t i) { return before[i]; });
    table.add([&](size_t i) { return after[i]; });
    table.add([&](size_t i) { return told[i + 1] / std::max(told[count], 1e-9); });
    table.add([&](size_t i) { return clipped(shapes[i], -8, 8); });
    table.add([&](size_t i) { return clipped(texts[i], -8, 8); });
    return table.whole();
}

PyMethodDef METHODS[] = {
    {"lines", call<lines, 9>, METH_VARARGS,
     "lines(classes, texts, squeezed, words, length, prose, spoken, kinds, (item, code, row)) -> float32 columns"},
    {"context", call<context, 3>, METH_VARARGS, "context(shapes, texts, words) -> float32 columns"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_lines", "The features of the lines of a text, compiled.", 0, METHODS, nullptr, nullptr,
    nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC PyInit__lines() { return PyModule_Create(&MODULE); }
