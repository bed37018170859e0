#include "server/flows/report_exports.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "db/operators.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"
#include "server/flows/aside.hpp"
#include "server/flows/console_reports.hpp"
#include "server/flows/job_argument.hpp"
#include "server/paper/workbook.hpp"

// Reports as spreadsheets. What the operator may see is looked up when the job runs.
namespace flows {
namespace {

using paper::cell;

constexpr db::limits patience{std::chrono::minutes{2}};
constexpr int debts_at_once = 5'000;
constexpr int groups_max = 100'000;

job_fields fields_of(const db::fee_filter& filter) {
    return {
        {"college", filter.college},
        {"major", filter.major},
        {"class", filter.class_name},
        {"grade", filter.grade},
        {"item", filter.item},
        {"period", filter.period},
    };
}

db::fee_filter filter_of(const job_fields& fields, db::college_scope scope) {
    db::fee_filter out;
    out.scope = std::move(scope);
    out.college = field(fields, "college");
    out.major = field(fields, "major");
    out.class_name = field(fields, "class");
    out.grade = field(fields, "grade");
    out.item = field(fields, "item");
    out.period = field(fields, "period");
    return out;
}

std::string fee_group_title(db::fee_group group) {
    switch (group) {
        case db::fee_group::college:
            return "院系";
        case db::fee_group::major:
            return "专业";
        case db::fee_group::class_name:
            return "班级";
        case db::fee_group::grade:
            return "年级";
        case db::fee_group::item:
            return "收费项目";
        case db::fee_group::period:
            return "收费区间";
    }
    return "分组";
}

std::string money_group_title(db::money_group group) {
    switch (group) {
        case db::money_group::day:
            return "日期";
        case db::money_group::hour:
            return "时段";
        case db::money_group::merchant:
            return "商户号";
        case db::money_group::channel:
            return "支付方式";
        case db::money_group::item:
            return "收费项目";
    }
    return "分组";
}

std::array<cell, 7> cells_of(std::string key, const db::fee_sums& sums) {
    return {
        std::move(key),
        sums.students,
        sums.bills,
        sums.due,
        sums.paid,
        sums.owed,
        sums.debtors,
    };
}

const std::vector<paper::column> debt_columns{
    {"学号", 14},
    {"姓名", 10},
    {"院系", 20},
    {"专业", 20},
    {"班级", 16},
    {"收费项目", 16},
    {"收费区间", 16},
    {"应缴（元）", 14},
    {"已缴（元）", 14},
    {"欠费（元）", 14},
};

void write(paper::workbook& book, const std::vector<db::debt>& debts) {
    for (const auto& one : debts) {
        const std::array<cell, 10> row{
            one.student_no,
            one.name,
            one.college,
            one.major,
            one.class_name,
            one.item,
            one.period,
            one.due,
            one.paid,
            one.owed,
        };
        book.add(row);
    }
}

base::task<db::job> begin(
    parts& with,
    const console_visitor& who,
    std::string_view kind,
    const job_fields& fields,
    std::string request_id
) {
    db::job_wish wish{who.who.id, std::move(request_id), std::string{kind}, job_argument(fields)};
    // What was looked for may name a class, never a person.
    const auto deed = deed_of(who, "export", wish.kind, "ok", wish.argument);
    auto begun = co_await begin_job(with, deed, wish);
    co_return begun;
}

}  // namespace

base::task<db::college_scope> scope_of_job(const job_at_work& job) {
    const auto unit = [&](db::connection& db) {
        return db::find_operator(db, job.what.operator_id);
    };
    auto found = co_await job.with.pool.read(unit);
    if (!found || found->disabled) throw base::error{base::errc::not_your_role};
    co_return std::move(found->scope);
}

job_result finished(paper::workbook& book, std::filesystem::path file, std::string_view title) {
    job_result out;
    out.said = "共 " + std::to_string(book.rows()) + " 行";
    book.end();
    out.file = std::move(file);
    out.file_name = std::string{title} + "-" +
                    base::to_compact(base::business_day_of(base::now_ms())) + ".xlsx";
    return out;
}

base::task<db::job> begin_fee_export(
    parts& with, const console_visitor& who, fee_question asked, std::string request_id
) {
    auto fields = fields_of(asked.filter);
    fields["by"] = db::name_of(asked.group);
    auto begun = co_await begin(with, who, "export_fees", fields, std::move(request_id));
    co_return begun;
}

base::task<db::job> begin_money_export(
    parts& with, const console_visitor& who, money_question asked, std::string request_id
) {
    require_whole_school(who);
    const job_fields fields{
        {"by", std::string{db::name_of(asked.group)}},
        {"from", base::to_text(asked.from)},
        {"until", base::to_text(asked.until)},
    };
    auto begun = co_await begin(with, who, "export_money", fields, std::move(request_id));
    co_return begun;
}

base::task<db::job> begin_debt_export(
    parts& with, const console_visitor& who, db::fee_filter filter, std::string request_id
) {
    auto begun =
        co_await begin(with, who, "export_debts", fields_of(filter), std::move(request_id));
    co_return begun;
}

base::task<job_result> export_fees(job_at_work& job) {
    const auto fields = fields_of_job(job.what.argument);
    const auto group = db::fee_group_named(field(fields, "by"));
    base::ensure(group.has_value(), "a report has a group");
    auto scope = co_await scope_of_job(job);
    const auto filter = filter_of(fields, std::move(scope));
    const auto unit = [&](db::connection& db) {
        return db::sum_fees(db, *group, filter, groups_max);
    };
    const auto found = co_await job.with.long_reads.read(unit, patience);
    job.tell(0, static_cast<std::int64_t>(found.rows.size()));
    auto file = job.folder() / "fees.xlsx";
    paper::workbook book{
        file,
        job.folder(),
        "收费情况",
        {{fee_group_title(*group), 24},
         {"人数", 10},
         {"笔数", 10},
         {"应缴（元）", 16},
         {"已缴（元）", 16},
         {"欠费（元）", 16},
         {"欠费人数", 10}}};
    for (const auto& one : found.rows) book.add(cells_of(one.key, one.sums));
    book.add(cells_of("合计", found.all));
    co_return finished(book, std::move(file), "收费情况");
}

base::task<job_result> export_money(job_at_work& job) {
    const auto fields = fields_of_job(job.what.argument);
    const auto group = db::money_group_named(field(fields, "by"));
    const auto from = base::parse_day(field(fields, "from"));
    const auto until = base::parse_day(field(fields, "until"));
    base::ensure(group && from && until, "a report of money has a group and a span");
    const auto scope = co_await scope_of_job(job);
    if (!scope.is_all()) throw base::error{base::errc::outside_your_colleges};
    const money_question asked{*group, *from, *until};
    const auto found = co_await sum_money_of(job.with, asked);
    auto file = job.folder() / "money.xlsx";
    paper::workbook book{
        file,
        job.folder(),
        "收退款",
        {{money_group_title(*group), 24},
         {"收款笔数", 10},
         {"收款（元）", 16},
         {"退款笔数", 10},
         {"退款（元）", 16},
         {"净额（元）", 16}}};
    for (const auto& one : found.rows) {
        const std::array<cell, 6> row{
            one.key, one.payments, one.paid, one.refunds, one.refunded, one.paid - one.refunded};
        book.add(row);
    }
    co_return finished(book, std::move(file), "收退款");
}

base::task<job_result> export_debts(job_at_work& job) {
    auto scope = co_await scope_of_job(job);
    const auto filter = filter_of(fields_of_job(job.what.argument), std::move(scope));
    auto file = job.folder() / "debts.xlsx";
    paper::workbook book{file, job.folder(), "欠费名单", debt_columns};
    std::optional<db::debt_place> after;
    do {
        const auto unit = [&](db::connection& db) {
            return db::list_debts(db, filter, after, debts_at_once);
        };
        const auto page = co_await job.with.long_reads.read(unit, patience);
        const auto write_page = [&] {
            write(book, page.debts);
            return true;
        };
        co_await job.with.heavy->run<bool>(write_page);
        job.tell(book.rows(), std::nullopt);
        after = page.next;
    } while (after);
    co_return finished(book, std::move(file), "欠费名单");
}

}  // namespace flows
