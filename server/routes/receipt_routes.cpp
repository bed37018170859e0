#include "server/routes/receipt_routes.hpp"

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/receipts.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/rules/capitals.hpp"

namespace routes {
namespace {

constexpr std::size_t order_no_max = 32;

base::task<flows::receipt> receipt_for(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_student(who);
    std::string order_no{asked.parameter("order_no")};
    if (order_no.size() > order_no_max) throw base::error{base::errc::order_not_found};
    auto shown = co_await flows::receipt_of(with, std::move(who), std::move(order_no));
    co_return shown;
}

base::task<http::reply> get_pdf(flows::parts& with, const http::request& asked) {
    auto shown = co_await receipt_for(with, asked);
    // The order's number names nobody.
    const auto name = "receipt-" + shown.order.order_no + ".pdf";
    auto pdf = co_await flows::receipt_pdf(with, std::move(shown));
    http::reply answer{200, "application/pdf", std::move(pdf)};
    answer.with("Content-Disposition", "attachment; filename=\"" + name + '"');
    answer.with("Cache-Control", "no-store");
    co_return answer;
}

void write_lines(json_writer& out, const std::vector<db::order_line>& lines) {
    out.array("lines", [&] {
        for (const auto& line : lines) {
            out.object([&] {
                out.text("period", line.period);
                out.text("item", line.item_name);
                out.number("amount_fen", line.amount.count());
            });
        }
    });
}

void write_payment(json_writer& out, const db::order& order, base::fen refunded) {
    write_lines(out, order.lines);
    out.number("total_fen", order.amount.count());
    out.text("total_in_capitals", rules::in_capitals(order.amount));
    out.number("refunded_fen", refunded.count());
    out.text("merchant_name", order.merchant_name);
    out.text("order_no", order.order_no);
    out.number("paid_at", order.paid_at.value_or(0));
}

base::task<http::reply> get_facts(flows::parts& with, const http::request& asked) {
    const auto shown = co_await receipt_for(with, asked);
    json_writer out;
    out.object([&] {
        out.text("number", shown.number);
        out.text("school", with.conf.school.name);
        out.text("platform", with.conf.school.platform);
        out.text("student_no", shown.payer.student_no);
        out.text("name", shown.payer.name);
        out.text("college", shown.payer.college);
        out.text("class_name", shown.payer.class_name);
        write_payment(out, shown.order, shown.refunded);
        out.text("transaction_id", shown.order.transaction_id);
        out.number("issued_at", shown.issued_at);
        out.text("code", shown.code);
        out.text("qr", "data:image/svg+xml;base64," + base::to_base64(flows::qr_of(shown)));
    });
    co_return out.reply();
}

std::string_view state_of(const flows::genuine_receipt& found) {
    if (found.refunded == base::fen{}) return "valid";
    return found.refunded < found.order.amount ? "refunded_in_part" : "refunded";
}

base::task<http::reply> verify(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    const json_object form{asked.body};
    auto number = form.text("number", 64);
    auto code = form.text("code", 64);
    const auto found =
        co_await flows::verify_receipt(with, std::move(number), std::move(code), asked.peer);
    json_writer out;
    out.object([&] {
        out.text("number", found.number);
        out.text("state", state_of(found));
        out.text("school", with.conf.school.name);
        out.text("name", found.masked_name);
        write_payment(out, found.order, found.refunded);
    });
    co_return out.reply();
}

}  // namespace

void add_receipt_routes(http::router& table, flows::parts& with) {
    const auto add = [&](http::verb method, std::string path, story tell) {
        add_story(table, with, method, std::move(path), tell, 8 * 1024);
    };
    add(http::verb::get, "/orders/{order_no}/receipt", get_pdf);
    add(http::verb::get, "/orders/{order_no}/receipt/facts", get_facts);
    add(http::verb::post, "/receipts/verify", verify);
}

}  // namespace routes
