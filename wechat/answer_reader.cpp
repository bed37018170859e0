#include "wechat/answer_reader.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace wechat::detail {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t header_size_max = 32 * 1024;

}  // namespace

struct answer_reader::parser {
    http::response_parser<http::string_body> inner;
};

answer_reader::answer_reader(std::size_t body_limit)
    : body_limit_{body_limit}, parser_{fresh_parser()} {}

answer_reader::~answer_reader() = default;

std::unique_ptr<answer_reader::parser> answer_reader::fresh_parser() const {
    auto made = std::make_unique<parser>();
    // Not eager: in one go with the head, Beast 1.74 forgets that the body was found too long.
    made->inner.eager(false);
    made->inner.body_limit(body_limit_);
    made->inner.header_limit(header_size_max);
    return made;
}

answer_reader::state answer_reader::feed(std::string_view bytes) {
    pending_.append(bytes);
    while (!pending_.empty()) {
        auto& inner = parser_->inner;
        error_code ec;
        const auto used = inner.put(asio::buffer(std::as_const(pending_)), ec);
        pending_.erase(0, used);
        if (ec == http::error::need_more) return state::hungry;
        if (ec) {
            const bool long_one = ec == http::error::body_limit;
            fault_ = long_one ? "answer too long" : "answer is not HTTP";
            return state::broken;
        }
        if (!inner.is_done() && used > 0) continue;
        if (!inner.is_done()) {  // not known to happen; waiting would never end
            fault_ = "answer is not HTTP";
            return state::broken;
        }
        if (inner.get().result_int() / 100 != 1) return state::complete;
        parser_ = fresh_parser();  // 100 Continue and its like precede the answer
    }
    return state::hungry;
}

answer_reader::state answer_reader::end_of_stream() {
    error_code unfinished;
    if (parser_->inner.got_some()) parser_->inner.put_eof(unfinished);
    if (parser_->inner.is_done() && !unfinished) return state::complete;
    fault_ = "answer broke off";
    return state::broken;
}

bool answer_reader::may_be_followed() const {
    return pending_.empty() && parser_->inner.get().keep_alive();
}

http_answer answer_reader::taken() {
    http_answer made;
    auto& message = parser_->inner.get();
    made.status = message.result_int();
    for (const auto& field : message) {
        const auto name = field.name_string();
        const auto value = field.value();
        made.headers.emplace_back(
            std::string{name.data(), name.size()}, std::string{value.data(), value.size()}
        );
    }
    made.body = std::move(message.body());
    return made;
}

}  // namespace wechat::detail
