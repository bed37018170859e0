#include "server/flows/order_export.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "server/base/error.hpp"
#include "server/flows/aside.hpp"
#include "server/flows/job_argument.hpp"
#include "server/flows/report_exports.hpp"
#include "server/paper/workbook.hpp"

namespace flows {
namespace {

using paper::cell;

constexpr db::limits patience{std::chrono::minutes{2}};
constexpr int orders_at_once = 2'000;

std::string word_of(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : std::string{};
}

std::string word_of(const std::optional<base::fen>& amount) {
    return amount ? std::to_string(amount->count()) : std::string{};
}

std::optional<std::int64_t> number_in(const job_fields& fields, std::string_view name) {
    const auto text = field(fields, name);
    if (text.empty()) return std::nullopt;
    std::int64_t out = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    base::ensure(read.ec == std::errc{} && read.ptr == end, "a job's number can be read");
    return out;
}

std::optional<base::fen> amount_in(const job_fields& fields, std::string_view name) {
    const auto number = number_in(fields, name);
    return number ? std::optional{base::fen{*number}} : std::nullopt;
}

std::string states_text(const std::vector<rules::order_state>& states) {
    std::string out;
    for (const auto one : states)
        out += (out.empty() ? "" : ",") + std::string{rules::name_of(one)};
    return out;
}

std::vector<rules::order_state> states_in(std::string_view text) {
    std::vector<rules::order_state> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        out.push_back(rules::order_state_of(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

// The colleges are looked up when the job runs.
job_fields fields_of(const db::order_filter& wanted) {
    return {
        {"order_no", wanted.order_no},
        {"transaction_id", wanted.transaction_id},
        {"student_no", wanted.student_no},
        {"name", wanted.name},
        {"college", wanted.college},
        {"major", wanted.major},
        {"class", wanted.class_name},
        {"grade", wanted.grade},
        {"item", word_of(wanted.item_id)},
        {"period", wanted.period},
        {"states", states_text(wanted.states)},
        {"channel", wanted.channel ? std::string{db::name_of(*wanted.channel)} : ""},
        {"merchant", wanted.mch_id},
        {"amount_min", word_of(wanted.amount_min)},
        {"amount_max", word_of(wanted.amount_max)},
        {"opened_from", word_of(wanted.opened_from)},
        {"opened_before", word_of(wanted.opened_before)},
        {"paid_from", word_of(wanted.paid_from)},
        {"paid_before", word_of(wanted.paid_before)},
        {"odd", wanted.odd ? "yes" : ""},
    };
}

db::order_filter filter_of(const job_fields& fields) {
    db::order_filter out;
    out.order_no = field(fields, "order_no");
    out.transaction_id = field(fields, "transaction_id");
    out.student_no = field(fields, "student_no");
    out.name = field(fields, "name");
    out.college = field(fields, "college");
    out.major = field(fields, "major");
    out.class_name = field(fields, "class");
    out.grade = field(fields, "grade");
    out.item_id = number_in(fields, "item");
    out.period = field(fields, "period");
    out.states = states_in(field(fields, "states"));
    const auto channel = field(fields, "channel");
    if (channel == "jsapi") out.channel = db::pay_channel::jsapi;
    if (channel == "native") out.channel = db::pay_channel::native;
    out.mch_id = field(fields, "merchant");
    out.amount_min = amount_in(fields, "amount_min");
    out.amount_max = amount_in(fields, "amount_max");
    out.opened_from = number_in(fields, "opened_from");
    out.opened_before = number_in(fields, "opened_before");
    out.paid_from = number_in(fields, "paid_from");
    out.paid_before = number_in(fields, "paid_before");
    out.odd = field(fields, "odd") == "yes";
    return out;
}

std::string title_of(rules::order_state state) {
    switch (state) {
        case rules::order_state::opened:
        case rules::order_state::awaiting:
            return "待支付";
        case rules::order_state::paid:
            return "支付成功";
        case rules::order_state::closed:
            return "已关闭";
        case rules::order_state::paid_late:
            return "关闭后到账";
    }
    return {};
}

cell instant_cell(const std::optional<base::epoch_ms>& instant) {
    return instant ? cell{paper::instant_text(*instant)} : cell{};
}

std::string items_of(const db::found_order& one) {
    if (one.line_count <= 1) return one.first_item;
    return one.first_item + "等 " + std::to_string(one.line_count) + " 项";
}

const std::vector<paper::column> columns{
    {"订单号", 28},
    {"微信支付单号", 32},
    {"学号", 14},
    {"姓名", 10},
    {"院系", 20},
    {"专业", 20},
    {"班级", 20},
    {"收费项目", 16},
    {"收费区间", 16},
    {"金额（元）", 14},
    {"已退（元）", 14},
    {"状态", 12},
    {"支付方式", 12},
    {"收款方", 22},
    {"下单时间", 17},
    {"支付时间", 17},
};

bool write(paper::workbook& book, const std::vector<db::found_order>& orders) {
    for (const auto& one : orders) {
        const std::array<cell, 16> row{
            one.order_no,
            one.transaction_id,
            one.student.student_no,
            one.student.name,
            one.student.college,
            one.student.major,
            one.student.class_name,
            items_of(one),
            one.first_period,
            one.amount,
            one.refunded,
            title_of(one.state),
            std::string{one.channel == db::pay_channel::jsapi ? "微信内支付" : "扫码支付"},
            one.merchant_name,
            paper::instant_text(one.opened_at),
            instant_cell(one.paid_at),
        };
        book.add(row);
    }
    return true;
}

}  // namespace

base::task<db::job> begin_order_export(
    parts& with, const console_visitor& who, db::order_filter wanted, std::string request_id
) {
    db::job_wish wish{
        who.who.id, std::move(request_id), "export_orders", job_argument(fields_of(wanted))};
    const auto deed = deed_of(who, "export", wish.kind, "ok");
    auto begun = co_await begin_job(with, deed, wish);
    co_return begun;
}

base::task<job_result> export_orders(job_at_work& job) {
    auto wanted = filter_of(fields_of_job(job.what.argument));
    auto scope = co_await scope_of_job(job);
    wanted.colleges = std::move(scope.colleges);
    auto file = job.folder() / "orders.xlsx";
    paper::workbook book{file, job.folder(), "订单", columns};
    std::optional<db::page_end> below;
    for (;;) {
        const auto unit = [&](db::connection& db) {
            return db::search_orders(db, wanted, below, orders_at_once);
        };
        const auto page = co_await job.with.long_reads.read(unit, patience);
        const auto write_page = [&] { return write(book, page); };
        co_await job.with.heavy->run<bool>(write_page);
        job.tell(book.rows(), std::nullopt);
        if (static_cast<int>(page.size()) < orders_at_once) break;
        below = db::end_of_page(wanted, page.back());
    }
    auto out = finished(book, std::move(file), "订单");
    co_return out;
}

}  // namespace flows
