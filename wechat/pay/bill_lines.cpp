// Lines out of pieces: a line is copied only where it lies across two of them.
#include "wechat/pay/bill_table.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

std::optional<std::string_view> bill_lines::fail(bill_fault why) {
    fault_ = why;
    piece_ = {};
    return std::nullopt;
}

std::optional<std::string_view> bill_lines::checked(std::string_view line) {
    ++number_;
    if (line.size() > line_max) return fail(bill_fault::line_too_long);
    if (line.find('\0') != std::string_view::npos) return fail(bill_fault::not_text);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number_ == 1 && line.starts_with(byte_order_mark)) {
        line.remove_prefix(byte_order_mark.size());
    }
    return line;
}

std::optional<std::string_view> bill_lines::next() {
    if (fault_ != bill_fault::none) return std::nullopt;
    held_.clear();
    for (;;) {
        if (piece_.empty()) piece_ = pieces_.next();
        if (piece_.empty()) {
            if (pieces_.fault() != bill_fault::none) return fail(pieces_.fault());
            // The last line may lack its end.
            if (held_.empty()) return std::nullopt;
            return checked(held_);
        }
        const auto end = piece_.find('\n');
        const auto part = piece_.substr(0, end);
        piece_.remove_prefix(end == std::string_view::npos ? piece_.size() : end + 1);
        if (end != std::string_view::npos && held_.empty()) return checked(part);
        held_ += part;
        if (end != std::string_view::npos || held_.size() > line_max) return checked(held_);
    }
}

}  // namespace wechat::pay
