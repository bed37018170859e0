#include "server/http/accept_encoding.hpp"

#include <algorithm>
#include <optional>

#include "server/http/text.hpp"

namespace http {
namespace {

// "1", "0.8", "0.125" → thousandths; what is no weight counts as 0, so that a doubtful wish for a
// coding is not granted.
int weight_of(std::string_view text) {
    if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
    int value = (text[0] - '0') * 1000;
    if (text.size() == 1) return value;
    if (text[1] != '.' || text.size() > 5) return 0;
    int unit = 100;
    for (const char c : text.substr(2)) {
        if (c < '0' || c > '9') return 0;
        value += (c - '0') * unit;
        unit /= 10;
    }
    return std::min(value, 1000);
}

}  // namespace

int accepted_codings::of(coding which) const {
    switch (which) {
        case coding::brotli:
            return brotli;
        case coding::gzip:
            return gzip;
        case coding::identity:
            return identity;
    }
    return 0;
}

accepted_codings read_accept_encoding(std::string_view header) {
    std::optional<int> brotli;
    std::optional<int> gzip;
    std::optional<int> identity;
    std::optional<int> others;
    while (!header.empty()) {
        auto item = cut(header, ',');
        const auto name = trim(cut(item, ';'));
        int weight = 1000;
        while (!item.empty()) {
            const auto parameter = trim(cut(item, ';'));
            if (parameter.size() >= 2 && lower(parameter[0]) == 'q' && parameter[1] == '=') {
                weight = weight_of(parameter.substr(2));
            }
        }
        if (equal_ignoring_case(name, "br")) brotli = weight;
        if (equal_ignoring_case(name, "gzip") || equal_ignoring_case(name, "x-gzip")) gzip = weight;
        if (equal_ignoring_case(name, "identity")) identity = weight;
        if (name == "*") others = weight;
    }
    accepted_codings accepted;
    accepted.brotli = brotli.value_or(others.value_or(0));
    accepted.gzip = gzip.value_or(others.value_or(0));
    // Unnamed identity is always acceptable, but less than what was asked for by name.
    accepted.identity = identity.value_or(others ? *others : 1);
    return accepted;
}

}  // namespace http
