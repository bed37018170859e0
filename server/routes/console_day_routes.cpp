#include "server/routes/console_day_routes.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/console_days.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/download.hpp"
#include "server/routes/job_routes.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"

namespace routes {
namespace {

constexpr std::size_t note_characters = 200;

void write_side(json_writer& out, std::string_view name, const db::side_sums& sums) {
    out.object(name, [&] {
        out.number("payments", sums.payments);
        out.number("paid_fen", sums.paid.count());
        out.number("refunds", sums.refunds);
        out.number("refunded_fen", sums.refunded.count());
    });
}

void write_tile(json_writer& out, const flows::day_tile& one) {
    out.text("day", one.day);
    out.text("state", db::name_of(one.state));
    if (!one.trouble.empty()) out.text("trouble", one.trouble);
    out.number("unresolved", one.unresolved);
    out.flag("busy", one.busy);
    write_side(out, "bill", one.bill);
    write_side(out, "ours", one.ours);
    write_side(out, "ledger", one.ledger);
}

base::task<http::reply> calendar(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto* month = asked.query_value("month");
    if (month == nullptr) throw base::error{base::errc::bad_request, "month"};
    const auto found = co_await flows::month_at_desk(with, who, *month);
    json_writer out;
    out.object([&] {
        out.text("month", found.month);
        out.text("today", found.today);
        if (!found.first_day.empty()) out.text("first_day", found.first_day);
        out.array("days", [&] {
            for (const auto& one : found.days) out.object([&] { write_tile(out, one); });
        });
    });
    co_return out.reply();
}

void write_maybe(json_writer& out, std::string_view name, const std::optional<base::fen>& amount) {
    if (amount) out.number(name, amount->count());
}

void write_text(json_writer& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out.text(name, text);
}

std::string name_in(const flows::day_view& view, const std::string& actor) {
    const auto found = view.names.find(actor);
    return found == view.names.end() ? std::string{} : found->second;
}

void write_sums(json_writer& out, const db::day_sums& sums) {
    write_side(out, "bill", sums.bill);
    write_side(out, "ours", sums.ours);
    write_side(out, "ledger", sums.ledger);
    out.number("cut_in_fen", sums.cut_in.count());
    out.number("cut_out_fen", sums.cut_out.count());
    out.number("bill_fees_fine", sums.bill_fees_fine);
    out.number("flow_fees_fen", sums.flow_fees.count());
    out.number("booked_fees_fen", sums.booked_fees.count());
    out.number("flow_income_fen", sums.flow_income.count());
    out.number("flow_expense_fen", sums.flow_expense.count());
    write_maybe(out, "opening_fen", sums.opening);
    write_maybe(out, "closing_fen", sums.closing);
    out.number("ledger_balance_fen", sums.ledger_balance.count());
}

void write_files(json_writer& out, const flows::day_view& view, const std::string& mch_id) {
    out.array("files", [&] {
        for (const auto& one : view.files) {
            if (one.mch_id != mch_id) continue;
            out.object([&] {
                out.text("kind", db::name_of(one.kind));
                out.flag("nothing_happened", one.file.sha1.empty());
                out.number("rows", one.file.rows);
                out.number("fetched_at", one.file.fetched_at);
            });
        }
    });
}

void write_merchant(json_writer& out, const flows::day_view& view, const flows::merchant_day& one) {
    out.text("mch_id", one.mch_id);
    out.text("merchant_name", one.merchant_name);
    out.text("state", db::name_of(one.now.state));
    write_text(out, "trouble", one.trouble.empty() ? one.now.trouble : one.trouble);
    write_sums(out, one.now.sums);
    if (one.now.run_at > 0) out.number("run_at", one.now.run_at);
    if (one.now.closed_at) {
        out.text("closed_by", name_in(view, one.now.closed_by));
        out.number("closed_at", *one.now.closed_at);
        out.number("closed_seq", one.now.closed_seq.value_or(0));
        out.text("closed_hash", base::to_hex(one.now.closed_hash));
    }
    write_files(out, view, one.mch_id);
}

void write_difference(
    json_writer& out, const flows::day_view& view, const db::day_difference& one
) {
    out.number("number", one.number);
    out.text("mch_id", one.mch_id);
    out.text("kind", rules::name_of(one.kind));
    out.text("sentence", rules::sentence_of(one.kind));
    out.text("proposal", rules::name_of(one.proposal));
    out.text("proposal_sentence", rules::sentence_of(one.proposal));
    write_text(out, "order_no", one.order_no);
    const bool is_movement = one.kind == rules::difference_kind::flow_other;
    write_text(out, is_movement ? "movement" : "refund_no", one.refund_no);
    write_text(out, "transaction_id", one.transaction_id);
    out.number("provider_fen", one.provider.count());
    out.number("our_fen", one.ours.count());
    out.text("state", db::name_of(one.state));
    out.number("found_at", one.found_at);
    if (one.wait_until) out.number("wait_until", *one.wait_until);
    write_text(out, "resolution", one.resolution);
    write_text(out, "decided_by", name_in(view, one.decided_by));
    if (one.decided_at) out.number("decided_at", *one.decided_at);
    write_text(out, "note", one.note);
}

http::reply day_reply(const flows::day_view& view) {
    json_writer out;
    out.object([&] {
        out.text("day", view.report.day);
        out.flag("over", view.over);
        out.flag("busy", view.busy);
        out.array("merchants", [&] {
            for (const auto& one : view.report.merchants) {
                out.object([&] { write_merchant(out, view, one); });
            }
        });
        out.array("differences", [&] {
            for (const auto& one : view.report.differences) {
                out.object([&] { write_difference(out, view, one); });
            }
        });
    });
    return out.reply();
}

std::string day_in(const http::request& asked) {
    return std::string{asked.parameter("day")};
}

int number_in(const http::request& asked) {
    const auto text = asked.parameter("number");
    int out = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    if (read.ec != std::errc{} || read.ptr != end || out <= 0) {
        throw base::error{base::errc::not_found};
    }
    return out;
}

std::string note_in(const json_object& sent) {
    auto out = sent.maybe_short_text("note", note_characters);
    // What stands on the printed sheet is one line.
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' '
    );
    return out;
}

base::task<http::reply> look(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto found = co_await flows::day_at_desk(with, who, day_in(asked));
    co_return day_reply(found);
}

base::task<http::reply> run(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto request_id = request_id_of(sent);
    const auto begun =
        co_await flows::begin_day_run(with, who, day_in(asked), std::move(request_id));
    co_return job_reply(begun);
}

base::task<http::reply> mend(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    const auto now =
        co_await flows::mend_at_desk(with, who, day_in(asked), number_in(asked), note_in(sent));
    co_return day_reply(now);
}

base::task<http::reply> explain(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    const auto now =
        co_await flows::explain_at_desk(with, who, day_in(asked), number_in(asked), note_in(sent));
    co_return day_reply(now);
}

base::task<http::reply> close(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto now = co_await flows::close_at_desk(with, who, day_in(asked));
    co_return day_reply(now);
}

base::task<http::reply> fetch_bill(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const auto kind = asked.parameter("kind");
    if (kind != "trade" && kind != "flow") throw base::error{base::errc::not_found};
    const auto which = kind == "trade" ? db::bill_kind::trade : db::bill_kind::flow;
    std::string mch_id{asked.parameter("mch_id")};
    const auto found =
        co_await flows::find_bill_file(with, who, day_in(asked), std::move(mch_id), which);
    auto source = std::make_shared<http::body_source>();
    source->size = static_cast<std::uint64_t>(found.size);
    source->piece = [&with, key = found.key](int number) {
        return flows::bill_file_part(with, key, number + 1);
    };
    co_return download(found.file_name, std::move(source));
}

}  // namespace

void add_console_day_routes(http::router& table, flows::parts& with) {
    using http::verb;
    const auto row = [&](verb method, std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, method, std::move(path), name, tell);
    };
    row(verb::get, "/days", "getDayCalendar", calendar);
    row(verb::get, "/days/{day}", "getDay", look);
    row(verb::post, "/days/{day}/run", "runDay", run);
    row(verb::post, "/days/{day}/differences/{number}/fix", "fixDifference", mend);
    row(verb::post, "/days/{day}/differences/{number}/explain", "explainDifference", explain);
    row(verb::post, "/days/{day}/close", "closeDay", close);
    row(verb::get, "/days/{day}/bills/{mch_id}/{kind}", "getBillFile", fetch_bill);
}

}  // namespace routes
