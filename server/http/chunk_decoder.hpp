#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace http {

// Decodes a chunked body while it arrives. Stricter than RFC 9112: no chunk extensions (nobody
// sends them but to confuse), CRLF only, sizes of at most 8 digits; trailers are dropped.
class chunk_decoder {
public:
    enum class verdict { need_more, complete, malformed, too_large };

    // Takes bytes off the front of `bytes` and appends the data to `body`, up to `limit` in all.
    verdict feed(std::string_view& bytes, std::string& body, std::size_t limit);

private:
    enum class place {
        size_first,
        size,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_first,
        trailer,
        trailer_lf,
        end_lf
    };

    verdict step(char c, std::size_t body_size, std::size_t limit);

    place place_ = place::size_first;
    std::uint64_t left_ = 0;
    unsigned digits_ = 0;
    std::size_t trailer_bytes_ = 0;
};

}  // namespace http
