#include "server/routes/console_order_life.hpp"

#include "server/base/clock.hpp"
#include "server/flows/refund_order.hpp"
#include "server/routes/console_orders.hpp"
#include "server/routes/order_routes.hpp"
#include "server/rules/desk_words.hpp"

namespace routes {
namespace {

struct step {
    std::string_view name;
    std::string_view text;
    std::optional<base::epoch_ms> at;
};

// In the order in which they happen: WeChat tells whole seconds, so its times do not compare with
// ours.
std::vector<step> steps_of(const flows::order_story& story) {
    const auto& order = story.order;
    std::vector<step> out{{"opened", "下单", order.opened_at}};
    if (story.life.prepared_at) out.push_back({"prepared", "已到微信", story.life.prepared_at});
    if (order.closing) out.push_back({"closing", "正在关闭，等待微信确认", {}});
    if (order.closed_at) out.push_back({"closed", "已关闭", order.closed_at});
    const bool late = order.state == rules::order_state::paid_late;
    if (order.paid_at) {
        out.push_back({late ? "paid_late" : "paid", late ? "关闭后到账" : "支付", order.paid_at});
    }
    if (story.life.payment) out.push_back({"booked", "入账", story.life.payment->booked_at});
    return out;
}

void write_lines(json_writer& out, const std::vector<db::life_line>& lines) {
    out.array("lines", [&] {
        for (const auto& one : lines) {
            out.object([&] {
                out.number("line_no", one.line_no);
                out.text("bill_id", std::to_string(one.bill_id));
                out.text("item", one.item_name);
                out.text("period", one.period);
                out.number("amount_fen", one.amount.count());
                out.number("credited_fen", one.credited.count());
                out.number("held_fen", one.held.count());
                out.number("refunded_fen", one.refunded.count());
            });
        }
    });
}

void write_steps(json_writer& out, const std::vector<step>& steps) {
    out.array("steps", [&] {
        for (const auto& one : steps) {
            out.object([&] {
                out.text("step", one.name);
                out.text("text", one.text);
                if (one.at) {
                    out.number("at_ms", *one.at);
                } else {
                    out.null("at_ms");
                }
            });
        }
    });
}

void write_payment(json_writer& out, const db::life_payment& one) {
    out.object("payment", [&] {
        out.text("mch_id", one.mch_id);
        out.text("transaction_id", one.transaction_id);
        out.number("amount_fen", one.amount.count());
        out.number("paid_at", one.paid_at);
        out.text("learnt_by", one.learnt_by);
        out.text("state", one.state);
        out.number("surplus_fen", one.surplus.count());
        out.number("held_fen", one.held.count());
        out.number("refunded_fen", one.refunded.count());
        out.number("booked_at", one.booked_at);
    });
}

void write_refundable(json_writer& out, const rules::refundable& standing) {
    out.object("refundable", [&] {
        out.number("left_fen", standing.left.count());
        out.number("surplus_left_fen", standing.surplus_left.count());
        const auto refusal = flows::sentence_for(rules::judge_refund(standing, {}, base::now_ms()));
        if (!refusal.empty()) out.text("refusal", refusal);
        out.array("lines", [&] {
            for (const auto& one : standing.lines) {
                out.object([&] {
                    out.number("line_no", one.line_no);
                    out.number("left_fen", one.left.count());
                });
            }
        });
    });
}

void write_notices(json_writer& out, const std::vector<db::life_notice>& notices) {
    out.array("notices", [&] {
        for (const auto& one : notices) {
            out.object([&] {
                out.text("notice_id", one.notice_id);
                out.text("event_type", one.event_type);
                out.text("outcome", one.outcome);
                out.text("outcome_text", rules::notice_outcome_text(one.outcome));
                out.number("received_at", one.received_at);
                out.number("last_received_at", one.last_received_at);
                out.number("received_count", one.received_count);
                out.number("bytes", one.bytes);
                out.text("sha256", one.sha256);
            });
        }
    });
}

void write_questions(json_writer& out, const std::vector<db::order_question>& questions) {
    out.array("questions", [&] {
        for (const auto& one : questions) {
            out.object([&] {
                const auto kind = db::name_of(one.kind);
                out.text("kind", kind);
                out.text("answer", one.answer);
                out.text("answer_text", rules::question_answer_text(kind, one.answer));
                out.number("count", one.times);
                out.number("first_at", one.first_at);
                out.number("last_at", one.last_at);
            });
        }
    });
}

void write_messages(json_writer& out, const std::vector<db::life_message>& messages) {
    out.array("messages", [&] {
        for (const auto& one : messages) {
            out.object([&] {
                out.text("kind", one.kind);
                out.text("state", one.state);
                out.text("reason", one.reason);
                out.number("tries", one.tries);
                out.number("queued_at", one.queued_at);
                if (one.ended_at) out.number("ended_at", *one.ended_at);
                if (!one.delivery.empty()) out.text("delivery", one.delivery);
            });
        }
    });
}

void write_journals(json_writer& out, const std::vector<db::life_journal>& journals) {
    out.array("journals", [&] {
        for (const auto& one : journals) {
            out.object([&] {
                if (one.seq) {
                    out.number("seq", *one.seq);
                } else {
                    out.null("seq");
                }
                out.text("kind", rules::journal_kind_text(one.kind));
                out.text("business_key", one.business_key);
                out.number("value_at", one.value_at);
                out.number("booked_at", one.booked_at);
                out.array("entries", [&] {
                    for (const auto& entry : one.entries) {
                        out.object([&] {
                            out.text("account", entry.account);
                            out.text(
                                "account_text", rules::account_text(entry.account, entry.item_name)
                            );
                            out.number("amount_fen", entry.amount.count());
                        });
                    }
                });
            });
        }
    });
}

std::string_view sentence_of(flows::wechat_word word) {
    switch (word) {
        case flows::wechat_word::paid:
            return "微信确认这笔订单已支付";
        case flows::wechat_word::not_paid:
            return "微信回答：尚未支付，仍可继续支付";
        case flows::wechat_word::closed:
            return "微信确认这笔订单已关闭，不会再收款";
        case flows::wechat_word::unknown:
            break;
    }
    return "微信没有给出明确答复，未作任何改变，请稍后再问";
}

}  // namespace

void write_order_life(
    json_writer& out, const flows::order_story& story, const flows::console_visitor& who
) {
    const auto& life = story.life;
    out.object("order", [&] { write_listed_order(out, story.order, who, story.id_number); });
    write_lines(out, life.lines);
    write_steps(out, steps_of(story));
    if (life.payment) write_payment(out, *life.payment);
    if (life.standing) write_refundable(out, *life.standing);
    write_notices(out, life.notices);
    write_questions(out, life.questions);
    out.array("refunds", [&] {
        for (const auto& one : story.refunds) {
            out.object([&] { write_listed_refund(out, one, {}, who); });
        }
    });
    write_messages(out, life.messages);
    write_deeds(out, life.deeds, who);
    write_journals(out, life.journals);
    out.flag("can_ask_wechat", who.who.role == rules::operator_role::finance);
}

void write_asked_wechat(
    json_writer& out, const flows::asked_wechat& told, const flows::console_visitor& who
) {
    out.text("wechat", name_of(told.word));
    out.text("text", sentence_of(told.word));
    out.texts("changed", told.changed);
    out.object("life", [&] { write_order_life(out, told.story, who); });
}

}  // namespace routes
