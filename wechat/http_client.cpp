#include "wechat/http_client.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "server/base/error.hpp"
#include "wechat/connection.hpp"
#include "wechat/url.hpp"

namespace wechat {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using detail::connection;
using detail::idle_shelf;
using detail::peer_key;
using detail::tcp;

namespace {

using clock = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, base::io_executor>;
using resolver = asio::ip::basic_resolver<tcp, base::io_executor>;
using answer_parser = beast_http::response_parser<beast_http::string_body>;

constexpr asio::use_awaitable_t<base::io_executor> awaited;
constexpr std::size_t read_size = 16 * 1024;
constexpr std::size_t header_size_max = 32 * 1024;

// One deadline for a whole exchange. When it strikes it closes whatever connection is in use, and
// every pending operation ends with an error.
struct deadline {
    deadline(base::io_executor executor, std::chrono::milliseconds from_now)
        : at{clock::now() + from_now}, alarm{executor} {}

    clock::time_point at;
    timer alarm;
    bool struck = false;
    std::shared_ptr<connection> watched;
    std::shared_ptr<resolver> lookup;
};

void arm(const std::shared_ptr<deadline>& limit) {
    limit->alarm.expires_at(limit->at);
    limit->alarm.async_wait([limit](error_code ec) {
        if (ec == asio::error::operation_aborted) return;
        limit->struck = true;
        if (limit->watched) limit->watched->close();
    });
}

// Lets go of the connection first: a strike already queued must not close what is kept.
struct disarmed_at_end {
    std::shared_ptr<deadline> limit;
    explicit disarmed_at_end(std::shared_ptr<deadline> armed) : limit{std::move(armed)} {}
    disarmed_at_end(const disarmed_at_end&) = delete;
    disarmed_at_end& operator=(const disarmed_at_end&) = delete;
    ~disarmed_at_end() {
        limit->watched.reset();
        limit->alarm.cancel();
    }
};

struct lookup_result {
    explicit lookup_result(base::io_executor executor) : finished{executor} {}
    timer finished;
    bool done = false;
    error_code ec;
    std::vector<tcp::endpoint> found;
};

// getaddrinfo cannot be interrupted, so the wait for it is what ends.
base::task<std::shared_ptr<lookup_result>> resolve(
    base::io_executor executor, const url_parts& url, const deadline& limit
) {
    const auto result = std::make_shared<lookup_result>(executor);
    error_code not_an_address;
    const auto literal = asio::ip::make_address(url.host, not_an_address);
    if (!not_an_address) {
        const auto port = static_cast<unsigned short>(std::stoul(url.port));
        result->done = true;
        result->found.emplace_back(literal, port);
        co_return result;
    }
    const auto asking = std::make_shared<resolver>(executor);
    asking->async_resolve(
        url.host,
        url.port,
        [result, asking](error_code ec, const resolver::results_type& rows) {
            result->done = true;
            result->ec = ec;
            for (const auto& row : rows) result->found.push_back(row.endpoint());
            result->finished.cancel();
        }
    );
    result->finished.expires_at(limit.at);
    error_code ignored;
    co_await result->finished.async_wait(asio::redirect_error(awaited, ignored));
    if (!result->done) result->ec = asio::error::timed_out;
    co_return result;
}

base::task<error_code> connect(connection& to, const std::vector<tcp::endpoint>& endpoints) {
    error_code ec = asio::error::host_not_found;
    for (const auto& endpoint : endpoints) {
        to.close();
        co_await to.socket().async_connect(endpoint, asio::redirect_error(awaited, ec));
        if (!ec || ec == asio::error::operation_aborted) break;
    }
    if (!ec) to.socket().set_option(tcp::no_delay{true}, ec);
    co_return ec;
}

// The certificate must be for this host; a chain that merely verifies is anybody's.
void expect_host(SSL* handle, const std::string& host) {
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (not_an_address) {
        SSL_set_tlsext_host_name(handle, host.c_str());
        SSL_set_hostflags(handle, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        base::ensure(SSL_set1_host(handle, host.c_str()) == 1, "a host name can be expected");
    } else {
        base::ensure(
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host.c_str()) == 1,
            "an address can be expected"
        );
    }
}

base::task<error_code> write_all(connection& to, const std::string& bytes) {
    error_code ec;
    std::size_t sent = 0;
    while (!ec && sent < bytes.size()) {
        const auto rest = asio::buffer(bytes.data() + sent, bytes.size() - sent);
        auto token = asio::redirect_error(awaited, ec);
        if (to.peer.tls) {
            sent += co_await to.stream.async_write_some(rest, std::move(token));
        } else {
            sent += co_await to.socket().async_write_some(rest, std::move(token));
        }
    }
    co_return ec;
}

base::task<std::size_t> read_some(
    connection& from, std::array<char, read_size>& into, error_code& ec
) {
    const auto space = asio::buffer(into);
    auto token = asio::redirect_error(awaited, ec);
    std::size_t got = 0;
    if (from.peer.tls) {
        got = co_await from.stream.async_read_some(space, std::move(token));
    } else {
        got = co_await from.socket().async_read_some(space, std::move(token));
    }
    co_return got;
}

struct reading {
    bool complete = false;
    bool reusable = false;
    std::string fault;
    http_answer answer;
};

http_answer answer_of(answer_parser& parser) {
    http_answer made;
    auto& message = parser.get();
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

// Feeds what has arrived. True: the message is complete or broken (then fault says how).
bool feed(
    std::unique_ptr<answer_parser>& parser,
    std::string& pending,
    std::size_t limit,
    std::string& fault
) {
    while (!pending.empty()) {
        error_code ec;
        pending.erase(0, parser->put(asio::buffer(std::as_const(pending)), ec));
        if (ec == beast_http::error::need_more) return false;
        if (ec == beast_http::error::body_limit) {
            fault = "answer too long";
        } else if (ec) {
            fault = "answer is not HTTP";
        }
        if (ec) return true;
        if (!parser->is_done()) continue;
        if (parser->get().result_int() / 100 != 1) return true;
        parser = std::make_unique<answer_parser>();  // 100 Continue and its like precede the answer
        parser->eager(true);
        parser->body_limit(limit);
        parser->header_limit(header_size_max);
    }
    return false;
}

base::task<reading> read_answer(connection& from, std::size_t body_limit) {
    reading made;
    auto parser = std::make_unique<answer_parser>();
    parser->eager(true);
    parser->body_limit(body_limit);
    parser->header_limit(header_size_max);
    const auto space = std::make_unique<std::array<char, read_size>>();
    std::string pending;
    for (;;) {
        error_code ec;
        const auto got = co_await read_some(from, *space, ec);
        if (ec) {
            // Without a length the end of the stream is the end of the body; over TLS only a proper
            // close counts, else anybody on the way could cut it short.
            error_code unfinished;
            if (ec == asio::error::eof && parser->got_some()) parser->put_eof(unfinished);
            made.complete = ec == asio::error::eof && parser->is_done() && !unfinished;
            if (!made.complete) made.fault = "answer broke off: " + ec.message();
            break;
        }
        pending.append(space->data(), got);
        if (!feed(parser, pending, body_limit, made.fault)) continue;
        made.complete = made.fault.empty();
        made.reusable = made.complete && pending.empty() && parser->get().keep_alive();
        break;
    }
    if (made.complete) made.answer = answer_of(*parser);
    co_return made;
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
    const auto shared = shared_;  // outlives this client, should it go while we wait
    const auto url = read_url(request.url);
    base::ensure(url.has_value() && is_one_line(request.method), "a request has a proper address");
    if (!url->tls && !shared->options.plain_http_anywhere && !is_loopback(url->host)) {
        throw base::error{base::errc::conf_invalid, "http:// outside this machine: " + url->host};
    }
    const auto bytes = written(request, *url, shared->options.user_agent);
    const auto executor = co_await asio::this_coro::executor;
    const auto limit =
        std::make_shared<deadline>(executor, std::chrono::milliseconds{limits.deadline_ms});
    const disarmed_at_end watch{limit};
    const auto longest_idle = std::chrono::milliseconds{shared->options.idle_ms};
    auto& shelf = asio::use_service<idle_shelf>(executor.context());

    const peer_key peer{shared->id, url->tls, url->host, url->port};
    auto link = shelf.take(peer, longest_idle);
    const bool fresh = !link;
    if (fresh) link = std::make_shared<connection>(executor, shared->trust, peer);
    limit->watched = link;
    arm(limit);
    const auto late = [&limit](const std::string& otherwise) {
        return limit->struck ? std::string{"timed out"} : otherwise;
    };

    if (fresh) {
        const auto addresses = co_await resolve(executor, *url, *limit);
        if (addresses->ec || limit->struck) {
            co_return transport_result::not_sent("name: " + late(addresses->ec.message()));
        }
        error_code ec = co_await connect(*link, addresses->found);
        if (ec || limit->struck) {
            co_return transport_result::not_sent("connection: " + late(ec.message()));
        }
        if (url->tls) {
            expect_host(link->stream.native_handle(), url->host);
            auto token = asio::redirect_error(awaited, ec);
            co_await link->stream.async_handshake(ssl::stream_base::client, std::move(token));
        }
        if (ec || limit->struck) {
            co_return transport_result::not_sent("TLS: " + late(ec.message()));
        }
    }

    // From the first byte on, whatever happens, WeChat may have received it.
    const error_code unwritten = co_await write_all(*link, bytes);
    if (unwritten || limit->struck) {
        co_return transport_result::unknown("writing: " + late(unwritten.message()));
    }
    auto read = co_await read_answer(*link, limits.body_bytes);
    if (!read.complete) co_return transport_result::unknown("reading: " + late(read.fault));
    if (read.reusable && longest_idle.count() > 0 && !limit->struck) {
        limit->watched.reset();
        shelf.put(std::move(link), longest_idle);
    }
    co_return transport_result::done(std::move(read.answer));
}

}  // namespace wechat
