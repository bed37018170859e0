#include "server/flows/tell_readers.hpp"

#include <string_view>
#include <utility>

#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/message_words.hpp"
#include "wechat/mp/customer_message.hpp"
#include "wechat/mp/errcodes.hpp"
#include "wechat/mp/template_message.hpp"

namespace flows {
namespace {

namespace mp = wechat::mp;
using rules::try_end;

// One reader may take two calls of five seconds with a new token between them: another one only
// while there is time for as much again.
constexpr base::epoch_ms next_reader_within_ms = 8'000;

try_end end_of_refusal(const std::string& code, db::message_way way) {
    const auto* fact = mp::find_errcode(code);
    if (fact == nullptr) return try_end::settings;
    switch (fact->what) {
        case mp::reaction::retry_later:
            // Of the account, and not of this reader.
            if (code == "45011") return try_end::too_fast;
            // As many texts as the reader's last action allowed; only he can change that.
            if (code == "45047" && way == db::message_way::by_text) return try_end::not_reachable;
            return try_end::busy;
        case mp::reaction::drop_recipient:
            return try_end::not_reachable;
        case mp::reaction::fix_content:
            return try_end::bad_content;
        case mp::reaction::quota:
            return try_end::quota;
        // The token was renewed once already.
        case mp::reaction::renew_token:
        case mp::reaction::start_again:
        case mp::reaction::configuration:
        case mp::reaction::alarm:
            break;
    }
    return try_end::settings;
}

template <class T>
try_end end_of(const wechat::call_result<T>& came, db::message_way way) {
    switch (came.kind) {
        case wechat::call_kind::done:
            return try_end::accepted;
        case wechat::call_kind::refused:
            return end_of_refusal(came.why.code, way);
        case wechat::call_kind::unknown:
            break;
    }
    // -1, said by WeChat itself, is a refusal that may be tried again.
    const bool certainly_not = came.not_sent || !came.why.code.empty();
    return certainly_not ? try_end::busy : try_end::unsure;
}

// "argument invalid! data.thing2.value invalid" → "thing2"
std::string field_in(const std::string& message) {
    constexpr std::string_view mark = "data.";
    const auto at = message.find(mark);
    if (at == std::string::npos) return {};
    const auto rest = message.substr(at + mark.size(), 32);
    return rest.substr(
        0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
    );
}

base::task<told> tell_by_template(
    parts& with,
    std::int64_t id,
    const message_facts& facts,
    const base::template_conf& chosen,
    std::string openid
) {
    told out;
    out.way = db::message_way::by_template;
    out.openid = openid;
    mp::template_message wanted;
    wanted.openid = std::move(openid);
    wanted.template_id = chosen.id;
    wanted.url = link_of(with, facts);
    wanted.client_msg_id = std::to_string(id);
    wanted.values = template_values(with, chosen, facts);
    const auto came = co_await mp::send_template_message(with.account, std::move(wanted));
    out.end = end_of(came, out.way);
    out.code = came.why.code;
    if (came.value) out.msgid = *came.value;
    if (out.end == try_end::bad_content) out.field = field_in(came.why.message);
    co_return out;
}

base::task<told> tell_by_text(parts& with, const message_facts& facts, std::string openid) {
    told out;
    out.way = db::message_way::by_text;
    out.openid = openid;
    auto content = text_of(with, facts);
    const auto came =
        co_await mp::send_customer_text(with.account, std::move(openid), std::move(content));
    out.end = end_of(came, out.way);
    out.code = came.why.code;
    co_return out;
}

// The first reader who can be reached. The order of readers is the same at each try, so that a
// repeat goes to whoever may have got it.
base::task<told> tell_first_reachable(parts& with, std::int64_t id, const message_facts& facts) {
    const auto* chosen = template_for(with, facts);
    const auto began = base::steady_ms();
    told last;
    for (const auto& openid : facts.openids) {
        if (last.end == try_end::not_reachable &&
            base::steady_ms() - began > next_reader_within_ms) {
            last.end = try_end::busy;
            break;
        }
        if (chosen != nullptr) {
            last = co_await tell_by_template(with, id, facts, *chosen, openid);
        } else {
            last = co_await tell_by_text(with, facts, openid);
        }
        if (last.end != try_end::not_reachable) break;
    }
    co_return last;
}

// No access token is to be had: nothing was sent.
told without_token(const base::error& why) {
    told out;
    out.end = why.what_code() == base::errc::wechat_refused ? try_end::settings : try_end::busy;
    return out;
}

bool is_about_token(const base::error& why) {
    return why.what_code() == base::errc::wechat_refused ||
           why.what_code() == base::errc::wechat_unknown;
}

}  // namespace

base::task<told> tell_readers(parts& with, std::int64_t id, const message_facts& facts) {
    told out;
    try {
        out = co_await tell_first_reachable(with, id, facts);
    } catch (const base::error& why) {
        if (!is_about_token(why)) throw;
        out = without_token(why);
    }
    co_return out;
}

}  // namespace flows
