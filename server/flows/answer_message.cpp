#include "server/flows/answer_message.hpp"

#include "db/outbox.hpp"
#include "db/wechat_side.hpp"
#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/flows/reply_words.hpp"
#include "wechat/mp/reply.hpp"

namespace flows {
namespace {

namespace mp = wechat::mp;

constexpr db::limits within{std::chrono::milliseconds{3000}};

// "success", "failed:user block", "failed: system failed": with and without the blank.
std::optional<db::delivery> delivery_told(std::string_view status) {
    if (status.find("success") != std::string_view::npos) return db::delivery::delivered;
    if (status.find("failed") == std::string_view::npos) return std::nullopt;
    const bool by_user = status.find("user block") != std::string_view::npos;
    return by_user ? db::delivery::blocked : db::delivery::failed;
}

// What became of a template message. The account may have other senders: whose it was is found out
// later, and the answer to our own send may not be kept yet.
void keep_delivery(db::connection& db, const mp::message& said) {
    const auto msgid = said.field("MsgID");
    constexpr std::size_t digits_max = 20;
    const bool number = !msgid.empty() && msgid.size() <= digits_max &&
                        msgid.find_first_not_of("0123456789") == std::string_view::npos;
    const auto told = delivery_told(said.field("Status"));
    if (number && told) db::keep_delivery(db, msgid, *told, base::now_ms());
}

std::string answer_of(parts& with, db::connection& db, const mp::message& said) {
    if (said.is_event() && said.event == "TEMPLATESENDJOBFINISH") keep_delivery(db, said);
    const auto words = words_for(said);
    switch (words) {
        case reply_words::none:
            return std::string{mp::no_reply};
        case reply_words::followed:
            db::set_following(db, said.from_user, true, said.create_time_s);
            break;
        case reply_words::unfollowed:
            db::set_following(db, said.from_user, false, said.create_time_s);
            return std::string{mp::no_reply};
        case reply_words::pay:
        case reply_words::arrears:
        case reply_words::orders:
        case reply_words::help:
            break;
    }
    const auto text = text_for(with, db, words, said.from_user);
    return mp::text_reply(said, text, base::now_s());
}

}  // namespace

std::optional<std::string> verify_callback(const parts& with, const callback_request& asked) {
    return with.callback.echo_for(asked.query);
}

base::task<std::optional<std::string>> answer_message(parts& with, callback_request came) {
    std::optional<std::string> out;
    const auto delivery = with.callback.receive(came.query, came.body, base::now_s());
    if (delivery.what != mp::callback_verdict::ok) {
        base::log::warning("message.refused", {{"verdict", mp::name_of(delivery.what)}});
        co_return out;
    }
    const auto& said = delivery.said;
    const auto key = said.dedup_key();
    const auto now = base::now_ms();
    // One transaction: a second delivery waits for the first one's row and finds its answer.
    const auto unit = [&](db::connection& db) {
        const auto seen = db::see_message(db, key, now);
        if (!seen.first) return seen.answer.value_or(std::string{mp::no_reply});
        auto answer = answer_of(with, db, said);
        db::keep_answer(db, key, answer);
        return answer;
    };
    std::string answer{mp::no_reply};
    try {
        answer = co_await with.pool.transact(unit, within);
    } catch (const base::error& failure) {
        // A fault notice on the phone helps nobody, and a repeat could not be answered either.
        base::log::alarm("message.not_answered", {{"why", failure.what()}});
    }
    base::log::info("message.answered", {{"type", said.type}, {"event_type", said.event}});
    out = with.callback.wrap(delivery, answer, base::now_s(), base::random_bytes(16));
    co_return out;
}

}  // namespace flows
