#include "server/routes/console_report_routes.hpp"

#include <optional>
#include <string>
#include <utility>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/console_reports.hpp"
#include "server/routes/console_guard.hpp"
#include "server/routes/job_routes.hpp"
#include "server/routes/json.hpp"
#include "server/routes/order_routes.hpp"

namespace routes {
namespace {

using base::errc;

constexpr std::size_t text_characters = 64;
constexpr std::size_t word_bytes = 16;
constexpr std::size_t place_characters = 128;

db::fee_filter filter_in(const json_object& sent) {
    const auto text = [&](const char* name) {
        return sent.maybe_short_text(name, text_characters);
    };
    db::fee_filter out;
    out.college = text("college");
    out.major = text("major");
    out.class_name = text("class");
    out.grade = text("grade");
    out.item = text("item");
    out.period = text("period");
    return out;
}

flows::fee_question fee_question_in(const json_object& sent) {
    const auto group = db::fee_group_named(sent.text("by", word_bytes));
    if (!group) throw base::error{errc::bad_request, "by"};
    return {*group, filter_in(sent)};
}

base::business_day day_in(const json_object& sent, const char* name) {
    const auto day = base::parse_day(sent.text(name, word_bytes));
    if (!day) throw base::error{errc::bad_request, name};
    return *day;
}

flows::money_question money_question_in(const json_object& sent) {
    const auto group = db::money_group_named(sent.text("by", word_bytes));
    if (!group) throw base::error{errc::bad_request, "by"};
    return {*group, day_in(sent, "from"), day_in(sent, "until")};
}

void write_fees(json_writer& out, const db::fee_sums& sums) {
    out.number("students", sums.students);
    out.number("bills", sums.bills);
    out.number("due_fen", sums.due.count());
    out.number("paid_fen", sums.paid.count());
    out.number("owed_fen", sums.owed.count());
    out.number("debtors", sums.debtors);
}

void write_choices(json_writer& out, const db::fee_filter_choices& choices) {
    out.texts("colleges", choices.colleges);
    out.texts("majors", choices.majors);
    out.texts("classes", choices.classes);
    out.texts("grades", choices.grades);
    out.texts("items", choices.items);
    out.texts("periods", choices.periods);
}

base::task<http::reply> report_fees(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto question = fee_question_in(sent);
    const auto found = co_await flows::report_fees(with, who, std::move(question));
    json_writer out;
    out.object([&] {
        out.array("rows", [&] {
            for (const auto& one : found.report.rows) {
                out.object([&] {
                    out.text("key", one.key);
                    write_fees(out, one.sums);
                });
            }
        });
        out.object("all", [&] { write_fees(out, found.report.all); });
        out.object("choices", [&] { write_choices(out, found.choices); });
    });
    co_return out.reply();
}

base::task<http::reply> report_money(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    const auto found = co_await flows::report_money(with, who, money_question_in(sent));
    json_writer out;
    out.object([&] {
        out.array("rows", [&] {
            for (const auto& one : found.rows) {
                out.object([&] {
                    out.text("key", one.key);
                    out.number("payments", one.payments);
                    out.number("paid_fen", one.paid.count());
                    out.number("refunds", one.refunds);
                    out.number("refunded_fen", one.refunded.count());
                });
            }
        });
    });
    co_return out.reply();
}

// Where a page of debts goes on, for the page to hand back: "person.bill.class".
std::string place_text(const db::debt_place& place) {
    return std::to_string(place.person_id) + "." + std::to_string(place.bill_id) + "." +
           place.class_name;
}

std::optional<db::debt_place> place_in(const json_object& sent) {
    const auto text = sent.maybe_short_text("after", place_characters);
    if (text.empty()) return std::nullopt;
    const auto first = text.find('.');
    const auto second = first == std::string::npos ? first : text.find('.', first + 1);
    if (second == std::string::npos) throw base::error{errc::bad_request, "after"};
    const auto person = id_of(text.substr(0, first));
    const auto bill = id_of(text.substr(first + 1, second - first - 1));
    if (!person || !bill) throw base::error{errc::bad_request, "after"};
    return db::debt_place{text.substr(second + 1), *person, *bill};
}

void write_debt(json_writer& out, const db::debt& one) {
    out.text("bill_id", std::to_string(one.bill_id));
    out.text("student_no", one.student_no);
    out.text("name", one.name);
    out.text("college", one.college);
    out.text("major", one.major);
    out.text("class", one.class_name);
    out.text("item", one.item);
    out.text("period", one.period);
    out.number("due_fen", one.due.count());
    out.number("paid_fen", one.paid.count());
    out.number("owed_fen", one.owed.count());
}

base::task<http::reply> report_debts(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto filter = filter_in(sent);
    auto after = place_in(sent);
    const auto found = co_await flows::report_debts(with, who, std::move(filter), std::move(after));
    json_writer out;
    out.object([&] {
        out.array("debts", [&] {
            for (const auto& one : found.debts) out.object([&] { write_debt(out, one); });
        });
        if (found.next) out.text("next", place_text(*found.next));
    });
    co_return out.reply();
}

base::task<http::reply> export_fees(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto question = fee_question_in(sent);
    auto request_id = request_id_of(sent);
    const auto begun =
        co_await flows::begin_fee_export(with, who, std::move(question), std::move(request_id));
    co_return job_reply(begun);
}

base::task<http::reply> export_money(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    const auto question = money_question_in(sent);
    auto request_id = request_id_of(sent);
    const auto begun =
        co_await flows::begin_money_export(with, who, question, std::move(request_id));
    co_return job_reply(begun);
}

base::task<http::reply> export_debts(
    flows::parts& with, const http::request& asked, const flows::console_visitor& who
) {
    const json_object sent{asked.body};
    auto filter = filter_in(sent);
    auto request_id = request_id_of(sent);
    const auto begun =
        co_await flows::begin_debt_export(with, who, std::move(filter), std::move(request_id));
    co_return job_reply(begun);
}

}  // namespace

void add_console_report_routes(http::router& table, flows::parts& with) {
    const auto row = [&](std::string path, std::string_view name, console_story tell) {
        add_console_story(table, with, http::verb::post, std::move(path), name, tell);
    };
    row("/reports/fees", "reportFees", report_fees);
    row("/reports/money", "reportMoney", report_money);
    row("/reports/debts", "reportDebts", report_debts);
    row("/exports/fees", "exportFees", export_fees);
    row("/exports/money", "exportMoney", export_money);
    row("/exports/debts", "exportDebts", export_debts);
}

}  // namespace routes
