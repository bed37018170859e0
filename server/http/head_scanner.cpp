#include "server/http/head_scanner.hpp"

#include "server/http/text.hpp"

namespace http {

head_scanner::verdict head_scanner::refuse(unsigned status) {
    status_ = status;
    return verdict::refused;
}

head_scanner::verdict head_scanner::scan(std::string_view bytes, const head_limits& limits) {
    // A TLS hello or other noise is known by its first byte; no need to wait for a line.
    if (!bytes.empty() && !is_token_char(static_cast<unsigned char>(bytes.front()))) {
        return refuse(400);
    }
    for (;;) {
        const auto newline = bytes.find('\n', searched_);
        if (newline == std::string_view::npos) break;
        const auto line = bytes.substr(line_start_, newline - line_start_);
        searched_ = line_start_ = newline + 1;
        const auto so_far = look_at_line(line, limits);
        if (so_far != verdict::need_more) return so_far;
        ++lines_;
    }
    searched_ = bytes.size();
    if (lines_ == 0 && bytes.size() > limits.target_bytes) return refuse(414);
    if (bytes.size() >= limits.bytes) return refuse(431);
    return verdict::need_more;
}

// One line without its LF. The first is the request line, an empty one ends the head.
head_scanner::verdict head_scanner::look_at_line(std::string_view line, const head_limits& limits) {
    // A CR stands before each LF and nowhere else.
    if (line.empty() || line.find('\r') != line.size() - 1) return refuse(400);
    if (lines_ == 0) {
        if (line.size() == 1) return refuse(400);
        return line.size() > limits.target_bytes ? refuse(414) : verdict::need_more;
    }
    if (line_start_ > limits.bytes) return refuse(431);
    if (line.size() == 1) return verdict::complete;
    if (line.front() == ' ' || line.front() == '\t') return refuse(400);  // obs-fold
    return lines_ > limits.line_count ? refuse(431) : verdict::need_more;
}

}  // namespace http
