#include "wechat/pay/client.hpp"

#include <utility>

#include "server/base/log.hpp"
#include "wechat/addresses.hpp"
#include "wechat/json.hpp"
#include "wechat/pay/certificates.hpp"

namespace wechat::pay {
namespace {

constexpr base::epoch_ms refresh_spacing_ms = 60'000;
constexpr base::epoch_ms refresh_period_ms = 12 * 3600 * 1000;

refusal read_refusal(const http_answer& answer, bool proven) {
    refusal made;
    made.http_status = answer.status;
    made.request_id = answer.header("Request-ID");
    made.proven = proven;
    json::document root;
    if (json::parse(root, answer.body)) {
        made.code = json::text_in(root, "code");
        made.message = json::text_in(root, "message");
    }
    return made;
}

}  // namespace

client::client(const merchant& who, http_client& transport, sources from)
    : who_{who}, transport_{transport}, from_{std::move(from)} {}

base::task<transport_result> client::send_to(
    std::string api_base,
    std::string method,
    std::string path_and_query,
    std::string body,
    exchange_limits limits
) {
    http_request request{method, api_base + path_and_query};
    const auto now_s = from_.now_s();
    request.headers.emplace_back(
        "Authorization",
        who_.hand().authorization(method, path_and_query, now_s, from_.nonce(), body)
    );
    request.headers.emplace_back("Accept", "application/json");
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    // Names the key that WeChat is to sign its answer with.
    auto serial = who_.keys().preferred_serial(now_s);
    if (!serial.empty()) request.headers.emplace_back("Wechatpay-Serial", std::move(serial));
    request.body = std::move(body);
    co_return co_await transport_.exchange(std::move(request), limits);
}

base::task<transport_result> client::send(
    std::string method, std::string path_and_query, std::string body, exchange_limits limits
) {
    auto came = co_await send_to(who_.api_base(), method, path_and_query, body, limits);
    if (came.kind != transport_kind::not_sent || who_.backup_api_base().empty()) co_return came;
    base::log::warning(
        "pay_host_unreachable", {{"host", who_.api_base()}, {"reason", came.reason}}
    );
    co_return co_await send_to(who_.backup_api_base(), method, path_and_query, body, limits);
}

call_result<verified_answer> client::judged(const http_answer& answer, const verification& checked)
    const {
    using result = call_result<verified_answer>;
    const bool success = answer.status == 200 || answer.status == 204;
    const bool signed_at_all = carries_signature(answer.headers);
    // An error without a signature is a hint; with one it must verify. A success must always.
    if (!checked.ok() && (success || signed_at_all)) {
        base::log::warning(
            "pay_answer_unverifiable",
            {{"merchant", who_.mch_id()},
             {"verdict", name_of(checked.what)},
             {"probe", checked.probe},
             {"status", answer.status},
             {"serial", checked.serial},
             {"request_id", answer.header("Request-ID")}}
        );
        refusal hint;
        hint.http_status = answer.status;
        hint.request_id = answer.header("Request-ID");
        return result::unknown(
            "answer not verified: " + std::string{name_of(checked.what)}, std::move(hint)
        );
    }
    if (success) {
        verified_answer made;
        made.status = answer.status;
        made.body = answer.body;
        made.request_id = answer.header("Request-ID");
        return result::done(std::move(made));
    }
    auto why = read_refusal(answer, checked.ok());
    if (answer.status >= 400 && answer.status < 500) return result::refused(std::move(why));
    return result::unknown("status " + std::to_string(answer.status), std::move(why));
}

base::task<call_result<verified_answer>> client::exchange(
    std::string method, std::string path_and_query, std::string body, exchange_limits limits
) {
    const auto came =
        co_await send(std::move(method), std::move(path_and_query), std::move(body), limits);
    if (came.kind != transport_kind::done) {
        const bool not_sent = came.kind == transport_kind::not_sent;
        co_return call_result<verified_answer>::unknown(came.reason, {}, not_sent);
    }
    auto checked = verify(who_.keys(), came.answer.headers, came.answer.body, from_.now_s());
    if (checked.what == verdict::unknown_serial) {
        // A certificate that is newer than ours; fetching it is also how the first one gets here.
        const bool renewed = co_await refresh_certificates();
        if (renewed) {
            checked = verify(who_.keys(), came.answer.headers, came.answer.body, from_.now_s());
        }
    }
    co_return judged(came.answer, checked);
}

base::task<call_result<std::string>> client::fetch_file(
    std::string api_base, std::string path_and_query, exchange_limits limits
) {
    using result = call_result<std::string>;
    auto came = co_await send_to(api_base, "GET", path_and_query, std::string{}, limits);
    const auto& other = api_base == who_.api_base() ? who_.backup_api_base() : who_.api_base();
    if (came.kind == transport_kind::not_sent && !other.empty() && other != api_base) {
        came = co_await send_to(other, "GET", path_and_query, std::string{}, limits);
    }
    if (came.kind != transport_kind::done) {
        co_return result::unknown(came.reason, {}, came.kind == transport_kind::not_sent);
    }
    const auto status = came.answer.status;
    if (status == 200) co_return result::done(std::move(came.answer.body));
    auto why = read_refusal(came.answer, false);
    if (status >= 400 && status < 500) co_return result::refused(std::move(why));
    co_return result::unknown("status " + std::to_string(status), std::move(why));
}

base::task<bool> client::refresh_certificates() {
    if (who_.keys().has_public_key()) co_return false;
    const auto now = from_.now_ms();
    auto tried = tried_at_.load();
    if (tried != 0 && now - tried < refresh_spacing_ms) co_return false;
    if (!tried_at_.compare_exchange_strong(tried, now)) co_return false;

    const exchange_limits limits;
    const auto came = co_await send("GET", std::string{addresses::certificates}, "", limits);
    if (came.kind != transport_kind::done || came.answer.status != 200) {
        const auto said = came.kind == transport_kind::done
                              ? "status " + std::to_string(came.answer.status)
                              : came.reason;
        base::log::warning(
            "pay_certificates_not_fetched", {{"merchant", who_.mch_id()}, {"reason", said}}
        );
        co_return false;
    }
    const auto read =
        read_certificates(came.answer.headers, came.answer.body, who_.box(), now / 1000);
    if (read.kind != certificates_kind::read) {
        base::log::alarm(
            "pay_certificates_refused", {{"merchant", who_.mch_id()}, {"reason", read.reason}}
        );
        co_return false;
    }
    for (const auto& one : read.found) who_.keys().add(one);
    who_.keys().drop_expired(now / 1000);
    refreshed_at_.store(now);
    base::log::info(
        "pay_certificates_fetched", {{"merchant", who_.mch_id()}, {"count", read.found.size()}}
    );
    co_return true;
}

bool client::certificates_are_due() const {
    if (who_.keys().has_public_key()) return false;
    return from_.now_ms() - refreshed_at_.load() > refresh_period_ms;
}

}  // namespace wechat::pay
