#include "server/routes/console_orders.hpp"

#include <array>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/flows/refund_desk.hpp"
#include "server/rules/desk_words.hpp"
#include "server/rules/masks.hpp"

namespace routes {
namespace {

struct text_member {
    const char* name;
    std::size_t characters_max;
    std::string db::order_filter::*into;
};

constexpr std::array texts{
    text_member{"order_no", 32, &db::order_filter::order_no},
    text_member{"transaction_id", 32, &db::order_filter::transaction_id},
    text_member{"student_no", 32, &db::order_filter::student_no},
    text_member{"name", 64, &db::order_filter::name},
    text_member{"college", 64, &db::order_filter::college},
    text_member{"major", 64, &db::order_filter::major},
    text_member{"class_name", 64, &db::order_filter::class_name},
    text_member{"grade", 16, &db::order_filter::grade},
    text_member{"period", 32, &db::order_filter::period},
    text_member{"mch_id", 32, &db::order_filter::mch_id},
};

struct day_member {
    const char* name;
    std::optional<base::epoch_ms> db::order_filter::*into;
    bool last;  // the day itself still counts
};

constexpr std::array days{
    day_member{"opened_from", &db::order_filter::opened_from, false},
    day_member{"opened_to", &db::order_filter::opened_before, true},
    day_member{"paid_from", &db::order_filter::paid_from, false},
    day_member{"paid_to", &db::order_filter::paid_before, true},
};

[[noreturn]] void refuse(const char* name) {
    throw base::error{base::errc::bad_request, name};
}

std::optional<base::fen> amount_in(const json_object& form, const char* name) {
    const auto amount = form.maybe_integer(name);
    if (!amount) return std::nullopt;
    if (*amount < 0) refuse(name);
    return base::fen{*amount};
}

rules::order_state state_in(const std::string& name) {
    for (const auto state :
         {rules::order_state::opened,
          rules::order_state::awaiting,
          rules::order_state::paid,
          rules::order_state::closed,
          rules::order_state::paid_late}) {
        if (name == rules::name_of(state)) return state;
    }
    refuse("states");
}

void write_moment(
    json_writer& out, std::string_view name, const std::optional<base::epoch_ms>& at
) {
    if (at) out.number(name, *at);
}

void write_text_if_any(json_writer& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out.text(name, text);
}

void write_refund_lines(json_writer& out, const db::listed_refund& one) {
    out.array("lines", [&] {
        for (const auto& line : one.lines) {
            out.object([&] {
                out.number("line_no", line.line_no);
                write_text_if_any(out, "item", line.item_name);
                write_text_if_any(out, "period", line.period);
                out.number("amount_fen", line.amount.count());
            });
        }
    });
}

void write_what_can_be_done(
    json_writer& out, const db::refund& one, const flows::console_visitor& who
) {
    std::vector<std::string> can;
    if (flows::may_decide(who, one, db::decision::release)) can.emplace_back("release");
    if (flows::may_decide(who, one, db::decision::reject)) can.emplace_back("reject");
    if (flows::may_decide(who, one, db::decision::send_again)) can.emplace_back("again");
    if (flows::may_decide(who, one, db::decision::give_up)) can.emplace_back("give_up");
    out.texts("can", can);
}

}  // namespace

void write_student(
    json_writer& out,
    const db::listed_student& one,
    const flows::console_visitor& who,
    std::string_view id_number
) {
    // Finance speaks with people by name; whoever looks after finance need not know them.
    const bool named = who.who.role != rules::operator_role::auditor;
    out.text("student_no", one.student_no);
    out.text("name", named ? one.name : rules::masked_name(one.name));
    out.text("college", one.college);
    out.text("major", one.major);
    out.text("class_name", one.class_name);
    out.text("grade", one.grade);
    if (!id_number.empty()) out.text("id_number", rules::masked_id_number(id_number));
}

void write_doer(
    json_writer& out,
    std::string_view member,
    std::string_view actor,
    std::string_view display_name,
    const flows::console_visitor& who
) {
    out.object(member, [&] {
        out.text(
            "name", display_name.empty() ? rules::actor_text(actor) : std::string{display_name}
        );
        out.flag("me", actor == who.actor);
    });
}

void write_deeds(
    json_writer& out, const std::vector<db::deed>& deeds, const flows::console_visitor& who
) {
    out.array("deeds", [&] {
        for (const auto& one : deeds) {
            out.object([&] {
                out.number("at_ms", one.at);
                write_doer(out, "who", one.actor, one.actor_name, who);
                out.text("action", one.action);
                out.text("action_text", rules::action_text(one.action));
                out.text("object", one.object);
                out.text("result", one.result);
            });
        }
    });
}

void write_listed_order(
    json_writer& out,
    const db::found_order& one,
    const flows::console_visitor& who,
    std::string_view id_number
) {
    out.text("order_no", one.order_no);
    out.text("state", rules::name_of(one.state));
    out.text("channel", db::name_of(one.channel));
    out.number("amount_fen", one.amount.count());
    out.number("refunded_fen", one.refunded.count());
    out.text("mch_id", one.mch_id);
    out.text("merchant_name", one.merchant_name);
    out.number("opened_at", one.opened_at);
    out.number("pay_until", one.pay_until);
    write_moment(out, "paid_at", one.paid_at);
    write_moment(out, "closed_at", one.closed_at);
    write_text_if_any(out, "transaction_id", one.transaction_id);
    out.flag("closing", one.closing);
    write_text_if_any(out, "odd", rules::order_attention_text(one.attention));
    const bool both = !one.first_item.empty() && !one.first_period.empty();
    out.text("what", one.first_item + (both ? " " : "") + one.first_period);
    out.number("line_count", one.line_count);
    out.object("student", [&] { write_student(out, one.student, who, id_number); });
}

void write_listed_refund(
    json_writer& out,
    const db::listed_refund& listed,
    const std::vector<db::deed>& deeds,
    const flows::console_visitor& who
) {
    const auto& one = listed.one;
    out.text("refund", one.out_refund_no);
    out.text("order_no", one.order_no);
    write_text_if_any(out, "transaction_id", one.transaction_id);
    write_text_if_any(out, "refund_id", one.refund_id);
    out.text("state", rules::name_of(one.state));
    out.text("state_text", rules::chinese_name_of(one.state));
    out.text("origin", db::name_of(one.origin));
    out.number("amount_fen", one.amount.count());
    out.number("payment_fen", one.payment_amount.count());
    out.text("afterwards", rules::name_of(one.afterwards));
    if (rules::refund_reason_of(one.reason_code)) out.text("reason_code", one.reason_code);
    out.text("reason", one.reason);
    out.text("note", one.note);
    write_text_if_any(out, "reject_reason", one.reject_reason);
    write_doer(out, "asked_by", one.asked_by, listed.asked_by_name, who);
    out.number("asked_at", one.asked_at);
    if (one.decided_at) {
        write_doer(out, "decided_by", one.decided_by, listed.decided_by_name, who);
        out.number("decided_at", *one.decided_at);
    }
    write_moment(out, "sent_at", one.sent_at);
    write_moment(out, "succeeded_at", one.succeeded_at);
    write_text_if_any(out, "received_account", one.received_account);
    if (!one.attention.empty()) {
        out.text("attention", one.attention);
        out.text("attention_text", rules::refund_attention_text(one.attention));
    }
    if (one.batch_id) out.text("batch", std::to_string(*one.batch_id));
    if (listed.student.person_id != 0) {
        out.object("student", [&] { write_student(out, listed.student, who); });
    }
    write_refund_lines(out, listed);
    write_what_can_be_done(out, one, who);
    write_deeds(out, deeds, who);
}

db::order_filter order_filter_of(const json_object& form) {
    db::order_filter out;
    for (const auto& one : texts) {
        out.*one.into = form.maybe_short_text(one.name, one.characters_max);
    }
    for (const auto& one : days) {
        if (!form.has(one.name)) continue;
        const auto day = base::parse_day(form.text(one.name, 10));
        if (!day) refuse(one.name);
        out.*one.into = one.last ? base::end_of(*day) : base::start_of(*day);
    }
    if (form.has("item_id")) {
        out.item_id = id_of(form.text("item_id", 20));
        if (!out.item_id) refuse("item_id");
    }
    if (form.has("states")) {
        for (const auto& name : form.texts("states", 5, 16)) out.states.push_back(state_in(name));
    }
    if (form.has("channel")) {
        const auto channel = form.text("channel", 8);
        if (channel != "jsapi" && channel != "native") refuse("channel");
        out.channel = channel == "native" ? db::pay_channel::native : db::pay_channel::jsapi;
    }
    out.amount_min = amount_in(form, "amount_min_fen");
    out.amount_max = amount_in(form, "amount_max_fen");
    out.odd = form.maybe_flag("odd").value_or(false);
    return out;
}

std::string written_filter(const json_object& form) {
    order_filter_of(form);
    json_writer out;
    out.object([&] {
        for (const auto& one : texts) {
            write_text_if_any(out, one.name, form.maybe_short_text(one.name, one.characters_max));
        }
        for (const auto* name : {"item_id", "channel"}) {
            if (form.has(name)) out.text(name, form.text(name, 20));
        }
        for (const auto& one : days) {
            if (form.has(one.name)) out.text(one.name, form.text(one.name, 10));
        }
        if (form.has("states")) out.texts("states", form.texts("states", 5, 16));
        for (const auto* name : {"amount_min_fen", "amount_max_fen"}) {
            if (form.has(name)) out.number(name, form.integer(name));
        }
        if (form.has("odd")) out.flag("odd", form.flag("odd"));
    });
    return out.written();
}

rules::refund_reason refund_reason_in(const json_object& form) {
    const auto reason = rules::refund_reason_of(form.text("reason_code", 16));
    if (!reason) refuse("reason_code");
    return *reason;
}

std::optional<db::page_end> page_end_in(const json_object& form) {
    if (!form.has("next")) return std::nullopt;
    const auto text = form.text("next", 64);
    const auto dash = text.find('-');
    if (dash == std::string::npos) refuse("next");
    db::page_end out;
    const auto id = id_of(std::string_view{text}.substr(dash + 1));
    const auto at = id_of(std::string_view{text}.substr(0, dash));
    if (!id || !at) refuse("next");
    out.at = *at;
    out.id = *id;
    return out;
}

std::string written(const db::page_end& end) {
    return std::to_string(end.at) + "-" + std::to_string(end.id);
}

}  // namespace routes
