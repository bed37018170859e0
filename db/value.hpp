#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "server/base/money.hpp"

namespace db {

// Bytes for a BINARY, VARBINARY or BLOB column; anything goes, NUL too.
struct blob {
    std::string_view bytes;
    explicit blob(std::string_view b) : bytes{b} {}
};

// One argument of a statement. It refers to text and bytes and does not own them: as an argument of
// select() and change() a temporary is fine, in a list of rows it is not.
class value {
public:
    value(std::nullptr_t) {}
    value(std::nullopt_t) {}
    template <std::integral Whole>
    requires(!std::same_as<Whole, char> && !std::same_as<Whole, bool>) value(Whole number)
        : held_{checked(number)} {}
    template <std::same_as<bool> Flag>
    value(Flag yes) : held_{std::int64_t{yes}} {}
    value(base::fen amount) : held_{amount.count()} {}
    value(std::string_view text) : held_{text} {}
    value(const std::string& text) : held_{std::string_view{text}} {}
    value(const char* text) : held_{std::string_view{text}} {}
    value(blob bytes) : held_{bytes} {}
    template <class T>
    value(const std::optional<T>& maybe) : value{maybe ? value{*maybe} : value{nullptr}} {}
    template <std::floating_point Floating>
    value(Floating) = delete;  // money and instants are whole numbers

    const auto& held() const { return held_; }

private:
    template <std::integral Whole>
    static std::int64_t checked(Whole number) {
        if (!std::in_range<std::int64_t>(number)) refuse_range();
        return static_cast<std::int64_t>(number);
    }
    [[noreturn]] static void refuse_range();

    std::variant<std::nullptr_t, std::int64_t, std::string_view, blob> held_ = nullptr;
};

}  // namespace db
