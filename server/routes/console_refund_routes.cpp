#include "server/routes/console_refund_routes.hpp"

#include <utility>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/flows/cell_text.hpp"
#include "server/flows/refund_desk.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/console_orders.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"

namespace routes {
namespace {

constexpr std::size_t refund_no_bytes = 64;
constexpr std::size_t parts_max = 51;
constexpr std::size_t reason_characters = 20;
constexpr std::size_t note_characters = 200;
constexpr std::size_t reject_reason_characters = 100;
constexpr std::int64_t line_max = 50;

[[noreturn]] void refuse(const char* name) {
    throw base::error{base::errc::bad_request, name};
}

std::string refund_in(const http::request& asked) {
    std::string out{asked.parameter("refund")};
    if (out.size() > refund_no_bytes) throw base::error{base::errc::refund_not_found};
    return out;
}

http::reply refund_reply(const flows::refund_story& story, const flows::console_visitor& who) {
    json_writer out;
    out.object([&] { write_listed_refund(out, story.refund, story.deeds, who); });
    return out.reply();
}

rules::refund_state state_in(const std::string& name) {
    using rules::refund_state;
    for (const auto state :
         {refund_state::asked,
          refund_state::rejected,
          refund_state::accepted,
          refund_state::processing,
          refund_state::success,
          refund_state::closed,
          refund_state::abnormal,
          refund_state::refused}) {
        if (name == rules::name_of(state)) return state;
    }
    refuse("states");
}

std::optional<base::business_day> day_in(const json_object& form, const char* name) {
    if (!form.has(name)) return std::nullopt;
    const auto day = base::parse_day(form.text(name, 10));
    if (!day) refuse(name);
    return day;
}

void read_mine(
    const json_object& form, const flows::console_visitor& who, db::refund_filter& into
) {
    if (!form.has("mine")) return;
    const auto mine = form.text("mine", 16);
    if (mine == "asked") {
        into.asked_by = who.actor;
    } else if (mine == "decided") {
        into.decided_by = who.actor;
    } else if (mine == "to_decide") {
        into.not_asked_by = who.actor;
        into.states = {rules::refund_state::asked};
    } else {
        refuse("mine");
    }
}

db::refund_filter filter_of(const json_object& form, const flows::console_visitor& who) {
    db::refund_filter out;
    out.out_refund_no = form.maybe_short_text("refund", 64);
    out.order_no = form.maybe_short_text("order_no", 32);
    out.student_no = form.maybe_short_text("student_no", 32);
    out.name = form.maybe_short_text("name", 64);
    out.operator_name = form.maybe_short_text("who", 64);
    if (form.has("states")) {
        for (const auto& name : form.texts("states", 8, 16)) out.states.push_back(state_in(name));
    }
    if (form.has("batch")) {
        out.batch_id = id_of(form.text("batch", 20));
        if (!out.batch_id) refuse("batch");
    }
    if (const auto from = day_in(form, "asked_from")) out.asked_from = base::start_of(*from);
    if (const auto to = day_in(form, "asked_to")) out.asked_before = base::end_of(*to);
    read_mine(form, who, out);
    return out;
}

base::task<http::reply> search(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto filter = filter_of(form.object("filter"), who);
    const auto below = page_end_in(form);
    const auto page = co_await flows::find_refunds(with, who, std::move(filter), below);
    json_writer out;
    out.object([&] {
        out.array("refunds", [&] {
            for (const auto& one : page.refunds) {
                out.object([&] { write_listed_refund(out, one, {}, who); });
            }
        });
        if (page.next) out.text("next", written(*page.next));
    });
    co_return out.reply();
}

flows::refund_request request_of(const json_object& form) {
    flows::refund_request out;
    out.request_id = request_id_of(form);
    out.order_no = form.short_text("order_no", 32);
    out.reason = refund_reason_in(form);
    out.reason_text = form.maybe_short_text("reason", reason_characters);
    if (const auto* flaw = flows::text_flaw(out.reason_text)) {
        throw base::error{base::errc::bad_request, "reason", std::string{"退款原因"} + flaw};
    }
    out.note = form.maybe_short_text("note", note_characters);
    for (const auto& one : form.maybe_objects("parts", parts_max)) {
        const auto line_no = one.integer("line_no");
        const auto amount = one.integer("amount_fen");
        if (line_no < 0 || line_no > line_max || amount <= 0) refuse("parts");
        out.parts.push_back({static_cast<int>(line_no), base::fen{amount}});
    }
    return out;
}

base::task<http::reply> ask(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto wanted = request_of(form);
    const auto story = co_await flows::ask_refund_at_desk(with, who, std::move(wanted));
    co_return refund_reply(story, who);
}

base::task<http::reply> get_refund(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto story = co_await flows::story_of_refund(with, who, refund_in(asked));
    co_return refund_reply(story, who);
}

base::task<http::reply> release(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    const base::fen seen{form.integer("amount_fen")};
    const auto story = co_await flows::decide_refund_at_desk(
        with, who, refund_in(asked), db::decision::release, seen, std::string{}
    );
    co_return refund_reply(story, who);
}

base::task<http::reply> reject(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object form{asked.body};
    auto reason = form.short_text("reason", reject_reason_characters);
    if (reason.empty()) refuse("reason");
    const auto story = co_await flows::decide_refund_at_desk(
        with, who, refund_in(asked), db::decision::reject, std::nullopt, std::move(reason)
    );
    co_return refund_reply(story, who);
}

base::task<http::reply> send_again(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto story = co_await flows::decide_refund_at_desk(
        with, who, refund_in(asked), db::decision::send_again, std::nullopt, std::string{}
    );
    co_return refund_reply(story, who);
}

base::task<http::reply> give_up(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto story = co_await flows::decide_refund_at_desk(
        with, who, refund_in(asked), db::decision::give_up, std::nullopt, std::string{}
    );
    co_return refund_reply(story, who);
}

}  // namespace

void add_console_refund_routes(http::router& table, flows::parts& with) {
    using http::verb;
    const auto add = [&](verb method, std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, method, std::move(path), name, tell, 16 * 1024);
    };
    add(verb::post, "/refunds/search", "searchConsoleRefunds", search);
    add(verb::post, "/refunds", "askConsoleRefund", ask);
    add(verb::get, "/refunds/{refund}", "getConsoleRefund", get_refund);
    add(verb::post, "/refunds/{refund}/release", "releaseConsoleRefund", release);
    add(verb::post, "/refunds/{refund}/reject", "rejectConsoleRefund", reject);
    add(verb::post, "/refunds/{refund}/again", "resendConsoleRefund", send_again);
    add(verb::post, "/refunds/{refund}/give-up", "giveUpConsoleRefund", give_up);
}

}  // namespace routes
