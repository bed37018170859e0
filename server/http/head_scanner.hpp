#pragma once

#include <cstddef>
#include <string_view>

namespace http {

struct head_limits {
    std::size_t bytes = 16 * 1024;        // whole head, else 431
    std::size_t target_bytes = 8 * 1024;  // request line, else 414
    unsigned line_count = 100;            // header lines, else 431
};

// Finds the end of a request head while it arrives, and refuses at once what no honest client
// sends: lone LF or CR, folded lines, too much. Each byte is looked at once, however slowly it
// comes. What it lets through is given to Beast's parser (head_reader), which checks the grammar.
class head_scanner {
public:
    enum class verdict { need_more, complete, refused };

    // `bytes` are all bytes of the head so far (and perhaps what follows it).
    verdict scan(std::string_view bytes, const head_limits& limits);

    std::size_t size() const { return line_start_; }  // of the complete head
    unsigned status() const { return status_; }       // when refused
    bool started() const { return line_start_ > 0; }
    void reset() { *this = head_scanner{}; }

private:
    verdict refuse(unsigned status);
    verdict look_at_line(std::string_view line, const head_limits& limits);

    std::size_t line_start_ = 0;
    std::size_t searched_ = 0;
    unsigned lines_ = 0;
    unsigned status_ = 0;
};

}  // namespace http
