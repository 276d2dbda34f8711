// A page cut into its tags, each with the text behind it; comments are passed over, and so is what scripts hold.

#pragma once

#include "walk_slice.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace {

// A page that the walk leaves to Python: one that holds texts as the parser does not write them elsewhere.
struct NotOurs {};

template <class C>
using Characters = std::vector<C>;

template <class C>
Slice<C> slice_of(const Characters<C>& some) {
    return {some.data(), static_cast<Py_ssize_t>(some.size())};
}

// A tag without its brackets, and the text behind it.
template <class C>
struct Piece {
    Slice<C> tag, text;
    Py_ssize_t begun = 0;  // elements
};

// Whether a text is white space alone, hard spaces among it.
template <class C>
bool is_blank(Slice<C> text) {
    for (Py_ssize_t at = 0; at < text.size;) {
        const Slice<C> rest = text.part(at, text.size);
        const Py_ssize_t size = Py_UNICODE_ISSPACE(rest.at[0]) ? 1 : rest.starts("&nbsp;") ? 6 : 0;
        if (size == 0) return false;
        at += size;
    }
    return true;
}

// Texts that do not stand in the page as they are; they live as long as this, and do not move.
template <class C>
class Loose {
  public:
    // A text and the text behind what is silent, as one. What was joined last can be joined on.
    Slice<C> joined(Slice<C> before, Slice<C> more) {
        if (!before.size || !more.size) return before.size ? before : more;
        if (texts.empty() || texts.back().data() != before.at) keep(before);
        texts.back().insert(texts.back().end(), more.begin(), more.end());
        return slice_of(texts.back());
    }

    // A text with its hard spaces, which the parser writes as an entity, as characters.
    Slice<C> spaced(Slice<C> text) {
        Py_ssize_t at = hard_space(text, 0);
        if (at == text.size) return text;
        Characters<C>& made = texts.emplace_back();
        for (Py_ssize_t from = 0; from < text.size; at = hard_space(text, from)) {
            made.insert(made.end(), text.at + from, text.at + at);
            if (at < text.size) made.push_back(0xA0);
            from = std::min<Py_ssize_t>(at + 6, text.size);
        }
        return slice_of(made);
    }

    Slice<C> without(Slice<C> text, char character) {
        Characters<C>& made = texts.emplace_back(text.begin(), text.end());
        made.erase(std::remove(made.begin(), made.end(), static_cast<C>(character)), made.end());
        return slice_of(made);
    }

  private:
    std::deque<Characters<C>> texts;

    void keep(Slice<C> text) { texts.emplace_back(text.begin(), text.end()); }

    static Py_ssize_t hard_space(Slice<C> text, Py_ssize_t from) {
        Py_ssize_t at = text.find('&', from);
        while (at < text.size && !text.part(at, text.size).starts("&nbsp;")) at = text.find('&', at + 1);
        return at;
    }
};

template <class C>
class Tags {
  public:
    // In a source that is `bare` already nothing is a comment.
    Tags(Slice<C> source, bool bare, Loose<C>& loose) : source(source), bare(bare), loose(loose) {}

    bool left(Py_ssize_t at) const { return at < source.size; }
    Py_ssize_t first() {
        Py_ssize_t at = source.find('<');
        while (const Py_ssize_t end = end_of_silent(at)) text_behind(end, at);
        return at;
    }

    // The tag that begins at a `<`; moves to the next.
    Piece<C> next(Py_ssize_t& at) {
        Piece<C> piece;
        const Py_ssize_t end = source.find('>', at + 1);
        piece.tag = source.part(at + 1, end);
        piece.text = text_behind(end, at);
        count(piece);
        while (const Py_ssize_t next_end = end_of_silent(at)) {
            piece.text = loose.joined(piece.text, text_behind(next_end, at));
        }
        return piece;
    }

  private:
    Slice<C> source;
    bool bare;
    Loose<C>& loose;
    std::optional<bool> unbalanced;  // whether its `<` are not as many as its `>`
    bool holds_raw = false;          // of which neither would count

    Slice<C> text_behind(Py_ssize_t end, Py_ssize_t& at) const {
        if (end >= source.size) throw NotOurs{};
        at = source.find('<', end + 1);
        return source.part(end + 1, at);
    }

    // The end of what begins at a `<` and counts for nothing, a comment or a script and the like; 0 where a tag begins.
    Py_ssize_t end_of_silent(Py_ssize_t at) {
        const std::string_view end = raw(at);
        if (!comment(at) && end.empty()) return 0;
        if (bare) throw NotOurs{};
        return end.empty() ? end_of_comment(at) : end_of_raw(at, end);
    }

    bool comment(Py_ssize_t at) const {
        return at + 1 < source.size && (source.at[at + 1] == '!' || source.at[at + 1] == '?');
    }

    // How an element ends that the parser writes unescaped and `bare.py` leaves out; empty for all others.
    std::string_view raw(Py_ssize_t at) const {
        static constexpr std::string_view ends[] = {"</script>", "</style>", "</iframe>", "</noembed>"};
        if (at + 1 >= source.size) return {};
        const Slice<C> tag = source.part(at + 1, source.size);
        for (const std::string_view end : ends) {
            const std::string_view name = end.substr(2, end.size() - 3);
            const auto size = static_cast<Py_ssize_t>(name.size());
            if (tag.starts(name) && tag.size > size && (tag.at[size] == '>' || tag.at[size] == ' ')) return end;
        }
        return {};
    }

    // What looks like a comment in a script would be one for `bare.py`.
    Py_ssize_t end_of_raw(Py_ssize_t at, std::string_view end) {
        const Py_ssize_t content = source.find('>', at);
        if (unbalanced || source.part(at + 1, content).has('<')) throw NotOurs{};
        holds_raw = true;
        at = source.find('<', content);
        while (at < source.size && !source.part(at, source.size).starts(end)) {
            if (comment(at)) throw NotOurs{};
            at = source.find('<', at + 1);
        }
        return at + static_cast<Py_ssize_t>(end.size()) - 1;
    }

    Py_ssize_t end_of_comment(Py_ssize_t at) const {
        if (!source.part(at, source.size).starts("<!--")) return source.find('>', at + 2);
        Py_ssize_t end = source.find('>', at + 4);
        while (end < source.size && !(end >= at + 6 && source.at[end - 1] == '-' && source.at[end - 2] == '-')) {
            end = source.find('>', end + 1);
        }
        return end;
    }

    // A tag counts as one, but for the odd attribute whose name holds a `<`: it goes, as `_mended` of `walk.py` does.
    void count(Piece<C>& piece) {
        const Slice<C> tag = piece.tag;
        piece.begun = tag.size && tag.at[0] == '/' ? 0 : 1;
        Py_ssize_t at = tag.find('<');
        if (at == tag.size) return;
        if (holds_raw) throw NotOurs{};
        if (!unbalanced) unbalanced = source.count('<') != source.count('>');
        if (!*unbalanced) throw NotOurs{};
        for (; at < tag.size; at = tag.find('<', at + 1)) {
            const Slice<C> after = tag.part(at + 1, tag.size);
            for (const char* odd : {"!", "?", "xmp", "plaintext", "no", "script", "style", "iframe"})
                if (after.starts(odd)) throw NotOurs{};  // what `bare.py` would see there
            piece.begun += after.starts("/") ? 0 : 1;
        }
        piece.tag = loose.without(tag, '<');
    }
};

}  // namespace
