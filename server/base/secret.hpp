#pragma once

#include <ostream>
#include <string>
#include <utility>

#include <fmt/core.h>

namespace base {

// A value that must not reach logs or error texts: it prints as stars, and whoever needs the
// content says so by calling reveal().
class secret {
public:
    secret() = default;
    explicit secret(std::string value) : value_{std::move(value)} {}
    secret(const secret&) = default;
    secret(secret&&) = default;
    secret& operator=(const secret&) = default;
    secret& operator=(secret&&) = default;
    ~secret();

    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

inline std::ostream& operator<<(std::ostream& out, const secret&) {
    return out << "***";
}

}  // namespace base

template <>
struct fmt::formatter<base::secret> {
    constexpr auto parse(format_parse_context& context) { return context.begin(); }
    template <class Context>
    auto format(const base::secret&, Context& context) const {
        return fmt::format_to(context.out(), "***");
    }
};
