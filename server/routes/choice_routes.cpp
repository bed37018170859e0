#include "server/routes/choice_routes.hpp"

#include <string>

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/choose.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"
#include "server/rules/target_pattern.hpp"

namespace routes {
namespace {

// What a page may send at all; whether it fits is a matter of the rules.
constexpr std::size_t target_characters_max = 200;
constexpr std::size_t answer_characters_max = 500;
constexpr std::size_t label_characters_max = 64;
constexpr std::size_t answers_max = 20;
constexpr std::size_t bytes_of_character = 4;

void write_sign_up(json_writer& out, const db::sign_up& one, const rules::answers& answers) {
    out.text("sign_up_id", std::to_string(one.id));
    out.text("item_id", std::to_string(one.item_id));
    out.text("item", one.item_name);
    out.text("category", rules::name_of(one.category));
    out.text("period", one.period);
    out.text("state", db::name_of(one.state));
    out.number("amount_fen", one.amount.count());
    if (!one.order_no.empty()) out.text("order_no", one.order_no);
    out.number("created_at", one.created_at);
    if (one.ended_at) out.number("ended_at", *one.ended_at);
    out.flag("can_cancel", flows::is_cancellable(one, base::now_ms()));
    if (answers.empty()) return;
    out.array("answers", [&] {
        for (const auto& one_answer : answers) {
            out.object([&] {
                out.text("label", one_answer.first);
                out.text("answer", one_answer.second);
            });
        }
    });
}

void write_target(json_writer& out, const rules::choice_item& item) {
    if (item.target_label.empty()) return;
    out.object("target", [&] {
        out.text("label", item.target_label);
        out.text("hint", item.target_hint);
        const auto pattern = rules::target_pattern_of(item.target_pattern);
        if (pattern) out.text("pattern", rules::expression_of(*pattern));
    });
}

void write_form(json_writer& out, const rules::choice_item& item) {
    std::string why;
    const auto form = rules::form_of(item.form_text, why);
    out.array("form", [&] {
        if (!form) return;
        for (const auto& field : *form) {
            out.object([&] {
                out.text("label", field.label);
                out.text("kind", rules::name_of(field.kind));
                out.flag("required", field.required);
                if (!field.options.empty()) out.texts("options", field.options);
            });
        }
    });
}

void write_offer(
    json_writer& out, const flows::parts& with, const flows::offer& one, base::epoch_ms now
) {
    const auto& item = one.item;
    const auto state = rules::state_of(item, now);
    const auto note = rules::note_of(item, state);
    const auto left = rules::places_left(item);
    out.object([&] {
        out.text("item_id", std::to_string(item.id));
        out.text("item", item.name);
        out.text("category", rules::name_of(item.category));
        out.text("period", item.period);
        out.text("merchant_name", with.desk_of(item.mch_id).who.name());
        if (!item.description.empty()) out.text("description", item.description);
        out.text("state", rules::name_of(state));
        if (!note.empty()) out.text("note", note);
        if (item.open_from) out.number("open_from", *item.open_from);
        if (item.open_until) out.number("open_until", *item.open_until);
        if (item.price) out.number("price_fen", item.price->count());
        if (item.least) out.number("min_fen", item.least->count());
        if (item.most) out.number("max_fen", item.most->count());
        write_target(out, item);
        write_form(out, item);
        if (item.capacity) out.number("capacity", *item.capacity);
        if (left) out.number("places_left", *left);
        if (one.own) out.object("own", [&] { write_sign_up(out, *one.own, {}); });
        if (one.unfinished) out.text("unfinished_order_no", one.unfinished->order_no);
    });
}

rules::fee_category category_of(const http::request& asked) {
    const auto* text = asked.query_value("category");
    const auto known = text ? rules::fee_category_of(*text) : std::nullopt;
    const bool choosable =
        known && rules::name_of(*known) == *text &&
        (*known == rules::fee_category::other || *known == rules::fee_category::living ||
         *known == rules::fee_category::enrolment);
    if (!choosable) throw base::error{base::errc::bad_request, "category"};
    return *known;
}

base::task<http::reply> list_choices(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto category = category_of(asked);
    const auto found = co_await flows::offers_for(with, who, category);
    const auto now = base::now_ms();
    json_writer out;
    out.object([&] {
        out.array("choices", [&] {
            for (const auto& one : found) write_offer(out, with, one, now);
        });
    });
    co_return out.reply();
}

std::string short_text(std::string text, std::size_t characters_max, const char* name) {
    if (base::count_code_points(text) > characters_max) {
        throw base::error{base::errc::bad_request, name};
    }
    return text;
}

flows::choice_request choice_request_of(const json_object& form) {
    flows::choice_request out;
    out.request_id = request_id_of(form);
    const auto amount = form.integer("amount_fen");
    if (amount < 0) throw base::error{base::errc::bad_request, "amount_fen"};
    out.amount = base::fen{amount};
    out.channel = channel_of(form);
    out.target = short_text(
        form.maybe_text("target", target_characters_max * bytes_of_character).value_or(""),
        target_characters_max,
        "target"
    );
    out.answers = form.text_map("answers", answers_max, answer_characters_max * bytes_of_character);
    for (const auto& [label, answer] : out.answers) {
        short_text(label, label_characters_max, "answers");
        short_text(answer, answer_characters_max, "answers");
    }
    return out;
}

http::reply chosen_reply(const flows::chosen& made, const flows::visitor& who) {
    if (made.pay) return payable_reply(*made.pay, who);
    json_writer out;
    out.object([&] { out.object("sign_up", [&] { write_sign_up(out, *made.signed_up, {}); }); });
    return out.reply();
}

base::task<http::reply> choose(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    const json_object form{asked.body};
    auto wanted = choice_request_of(form);
    const auto item = id_of(asked.parameter("item_id"));
    if (!item) throw base::error{base::errc::choice_not_found};
    wanted.item_id = *item;
    http::reply answer;
    try {
        const auto made = co_await flows::choose(with, who, wanted);
        answer = chosen_reply(made, who);
    } catch (const flows::held_by_order& refusal) {
        answer = held_reply(refusal);
    }
    co_return answer;
}

base::task<http::reply> list_sign_ups(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto found = co_await flows::sign_ups_for(with, who);
    json_writer out;
    out.object([&] {
        out.array("sign_ups", [&] {
            for (const auto& one : found) {
                const auto answers = flows::answers_of(with, who, one);
                out.object([&] { write_sign_up(out, one, answers); });
            }
        });
    });
    co_return out.reply();
}

base::task<http::reply> cancel_sign_up(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    require_student(who);
    const auto id = id_of(asked.parameter("sign_up_id"));
    if (!id) throw base::error{base::errc::sign_up_not_found};
    const auto found = co_await flows::cancel_sign_up(with, who, *id);
    json_writer out;
    out.object([&] { out.object("sign_up", [&] { write_sign_up(out, found, {}); }); });
    co_return out.reply();
}

base::task<http::reply> list_top_ups(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_student(who);
    const auto found = co_await flows::top_ups_for(with, who);
    json_writer out;
    out.object([&] {
        out.array("top_ups", [&] {
            for (const auto& one : found) {
                out.object([&] {
                    out.text("order_no", one.order_no);
                    out.text("item_id", std::to_string(one.item_id));
                    out.text("item", one.item_name);
                    out.text("target_label", one.target_label);
                    out.text("target", one.target);
                    out.number("amount_fen", one.amount.count());
                    out.text("state", db::name_of(one.state));
                    out.text("delivery", db::name_of(one.delivery));
                    out.number("created_at", one.created_at);
                    if (one.paid_at) out.number("paid_at", *one.paid_at);
                    if (one.delivered_at) out.number("delivered_at", *one.delivered_at);
                });
            }
        });
    });
    co_return out.reply();
}

}  // namespace

void add_choice_routes(http::router& table, flows::parts& with) {
    using story = base::task<http::reply> (*)(flows::parts&, const http::request&);
    const auto add = [&](http::verb method, std::string path, story tell) {
        http::route row;
        row.method = method;
        row.pattern = "/api/v1" + path;
        row.answer = [&with, tell](const http::request& asked) { return tell(with, asked); };
        row.body_limit = 16 * 1024;
        table.add(std::move(row));
    };
    add(http::verb::get, "/choices", list_choices);
    add(http::verb::post, "/choices/{item_id}/order", choose);
    add(http::verb::get, "/sign-ups", list_sign_ups);
    add(http::verb::post, "/sign-ups/{sign_up_id}/cancel", cancel_sign_up);
    add(http::verb::get, "/top-ups", list_top_ups);
}

}  // namespace routes
