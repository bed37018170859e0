#include "server/http/chunk_decoder.hpp"

#include <algorithm>

namespace http {
namespace {

constexpr unsigned size_digits_max = 8;
constexpr std::size_t trailer_bytes_max = 4096;

int value_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

chunk_decoder::verdict chunk_decoder::feed(
    std::string_view& bytes, std::string& body, std::size_t limit
) {
    while (!bytes.empty()) {
        if (place_ == place::data) {
            const auto count = std::min<std::uint64_t>(left_, bytes.size());
            body.append(bytes.substr(0, count));
            bytes.remove_prefix(count);
            left_ -= count;
            if (left_ == 0) place_ = place::data_cr;
            continue;
        }
        const auto so_far = step(bytes.front(), body.size(), limit);
        bytes.remove_prefix(1);
        if (so_far != verdict::need_more) return so_far;
    }
    return verdict::need_more;
}

// One byte of what stands around the data.
chunk_decoder::verdict chunk_decoder::step(char c, std::size_t body_size, std::size_t limit) {
    const auto expect = [this, c](char wanted, place next) {
        if (c != wanted) return verdict::malformed;
        place_ = next;
        return verdict::need_more;
    };
    switch (place_) {
        case place::size_first:
            left_ = 0;
            digits_ = 0;
            if (value_of(c) < 0) return verdict::malformed;
            place_ = place::size;
            [[fallthrough]];
        case place::size:
            if (c == '\r') {
                place_ = place::size_lf;
                return left_ > limit - std::min(limit, body_size) ? verdict::too_large
                                                                  : verdict::need_more;
            }
            if (value_of(c) < 0 || ++digits_ > size_digits_max) return verdict::malformed;
            left_ = left_ * 16 + static_cast<std::uint64_t>(value_of(c));
            return verdict::need_more;
        case place::size_lf:
            return expect('\n', left_ == 0 ? place::trailer_first : place::data);
        case place::data:
            return verdict::malformed;  // not reached: feed copies data
        case place::data_cr:
            return expect('\r', place::data_lf);
        case place::data_lf:
            return expect('\n', place::size_first);
        case place::trailer_first:
            if (c == '\r') return expect('\r', place::end_lf);
            place_ = place::trailer;
            [[fallthrough]];
        case place::trailer:
            if (c == '\r') return expect('\r', place::trailer_lf);
            if (c == '\n' || c == '\0' || ++trailer_bytes_ > trailer_bytes_max) {
                return verdict::malformed;
            }
            return verdict::need_more;
        case place::trailer_lf:
            return expect('\n', place::trailer_first);
        case place::end_lf:
            return c == '\n' ? verdict::complete : verdict::malformed;
    }
    return verdict::malformed;
}

}  // namespace http
