#include "server/routes/html.hpp"

namespace routes {

http::reply page(
    unsigned status,
    std::string_view title,
    std::string_view sentence,
    std::string_view link_path,
    std::string_view link_text
) {
    std::string body =
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><title>";
    body += title;
    body += "</title></head><body><main><h1>";
    body += title;
    body += "</h1><p>";
    body += sentence;
    body += "</p>";
    if (!link_path.empty()) {
        body += "<p><a href=\"";
        body += link_path;
        body += "\">";
        body += link_text;
        body += "</a></p>";
    }
    body += "</main></body></html>";
    return {status, "text/html; charset=utf-8", std::move(body)};
}

}  // namespace routes
