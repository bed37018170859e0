#include "wechat/http_client.hpp"

#include <atomic>
#include <chrono>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <openssl/ssl.h>

#include "server/base/error.hpp"
#include "wechat/answer_reader.hpp"
#include "wechat/connection.hpp"
#include "wechat/url.hpp"

namespace wechat {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using detail::answer_reader;
using detail::connection;
using detail::error_code;

namespace {

using read_state = answer_reader::state;

base::task<read_state> read_answer(connection& from, answer_reader& into) {
    const auto space = std::make_unique<connection::read_space>();
    auto state = read_state::hungry;
    while (state == read_state::hungry) {
        error_code ec;
        const auto got = co_await from.read_some(*space, ec);
        if (ec == asio::error::eof) {
            // Over TLS only a proper close arrives here: else anybody on the way could cut a body
            // short whose length is left to the end of the stream.
            state = into.end_of_stream();
        } else if (ec) {
            state = read_state::broken;
        } else {
            state = into.feed({space->data(), got});
        }
    }
    co_return state;
}

bool is_one_line(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

std::string written(const http_request& request, const url_parts& url, const std::string& agent) {
    std::string out = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority;
    out += "\r\nUser-Agent: " + agent + "\r\n";
    for (const auto& [name, value] : request.headers) {
        base::ensure(is_one_line(name) && is_one_line(value), "a header is one line");
        out += name + ": " + value + "\r\n";
    }
    if (!request.body.empty() || request.method != "GET") {
        out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    out += "Connection: keep-alive\r\n\r\n";
    return out + request.body;
}

}  // namespace

http_request::http_request(std::string method_text, std::string absolute_url)
    : method{std::move(method_text)}, url{std::move(absolute_url)} {}

transport_result transport_result::done(http_answer answer) {
    transport_result made;
    made.kind = transport_kind::done;
    made.answer = std::move(answer);
    return made;
}

transport_result transport_result::not_sent(std::string reason) {
    transport_result made;
    made.kind = transport_kind::not_sent;
    made.reason = std::move(reason);
    return made;
}

transport_result transport_result::unknown(std::string reason) {
    transport_result made;
    made.reason = std::move(reason);
    return made;
}

struct beast_client::shared {
    beast_client_options options;
    ssl::context trust{ssl::context::tls_client};
    std::uint64_t id = 0;
};

beast_client::beast_client(beast_client_options options) : shared_{std::make_shared<shared>()} {
    static std::atomic<std::uint64_t> count{0};
    shared_->id = ++count;
    shared_->options = std::move(options);
    auto& trust = shared_->trust;
    SSL_CTX_set_min_proto_version(trust.native_handle(), TLS1_2_VERSION);
    trust.set_default_verify_paths();
    trust.set_verify_mode(ssl::verify_peer);
    const auto& extra = shared_->options.extra_ca_pem;
    if (!extra.empty()) trust.add_certificate_authority(asio::buffer(extra));
}

beast_client::~beast_client() = default;

base::task<transport_result> beast_client::exchange(http_request request, exchange_limits limits) {
    const auto mine = shared_;  // outlives this client, should it go while we wait
    const auto url = read_url(request.url);
    base::ensure(url.has_value() && is_one_line(request.method), "a request has a proper address");
    if (!url->tls && !mine->options.plain_http_anywhere && !is_loopback(url->host)) {
        throw base::error{base::errc::conf_invalid, "http:// outside this machine: " + url->host};
    }
    const auto bytes = written(request, *url, mine->options.user_agent);
    const auto idle = std::chrono::milliseconds{mine->options.idle_ms};
    const auto executor = co_await asio::this_coro::executor;
    auto& shelf = asio::use_service<detail::idle_shelf>(executor.context());

    const detail::peer_key peer{mine->id, url->tls, url->host, url->port};
    auto link = shelf.take(peer, idle);
    const bool fresh = !link;
    if (fresh) link = std::make_shared<connection>(executor, mine->trust, peer);
    detail::deadline limit{executor, std::chrono::milliseconds{limits.deadline_ms}};
    limit.watch(link);
    const auto why = [&limit](std::string step, const std::string& fault) {
        return step + ": " + (limit.struck() ? "timed out" : fault);
    };

    if (fresh) {
        const auto opened = co_await link->open(limit.at());
        if (opened.ec || limit.struck()) {
            co_return transport_result::not_sent(why(opened.step, opened.ec.message()));
        }
    }
    // From the first byte on, whatever happens, WeChat may have received it.
    const auto unwritten = co_await link->write(bytes);
    if (unwritten) {
        co_return transport_result::unknown(why("writing", unwritten.message()));
    }
    answer_reader reader{limits.body_bytes};
    const auto state = co_await read_answer(*link, reader);
    if (state != read_state::complete) {
        const auto fault = reader.fault().empty() ? "connection lost" : reader.fault();
        co_return transport_result::unknown(why("reading", fault));
    }
    if (reader.may_be_followed() && idle.count() > 0 && !limit.struck()) {
        shelf.put(std::move(link), idle);
    }
    co_return transport_result::done(reader.taken());
}

}  // namespace wechat
