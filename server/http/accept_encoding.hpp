#pragma once

#include <string_view>

namespace http {

enum class coding { identity, gzip, brotli };

// What an Accept-Encoding header allows, in thousandths; 0 is "not acceptable".
struct accepted_codings {
    int brotli = 0;
    int gzip = 0;
    int identity = 1;

    int of(coding which) const;
};

accepted_codings read_accept_encoding(std::string_view header);

}  // namespace http
