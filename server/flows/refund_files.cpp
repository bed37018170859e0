#include "server/flows/refund_files.hpp"

#include <map>
#include <utility>

#include "db/order_life.hpp"
#include "server/base/clock.hpp"
#include "server/base/csv.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/flows/cell_text.hpp"
#include "server/flows/import_columns.hpp"
#include "server/flows/refund_order.hpp"

namespace flows {
namespace {

enum column : std::size_t { number, amount, reason };
constexpr std::size_t reason_characters_max = 20;
constexpr std::size_t order_no_bytes_max = 32;

const std::vector<column_rule>& columns() {
    static const std::vector<column_rule> rules{
        {{"订单号", "商户订单号", "订单编号"}, true},
        {{"金额", "退款金额"}, true},
        {{"原因", "退款原因", "事由"}, true},
    };
    return rules;
}

[[noreturn]] void refuse_file(std::string sentence) {
    throw base::error{base::errc::refund_file_unfit, {}, std::move(sentence)};
}

base::csv_table table_of(std::string bytes) {
    base::csv_limits limits;
    limits.rows_max = refund_file_rows_max + 6;  // titles and the heading
    try {
        return base::read_csv(std::move(bytes), limits);
    } catch (const base::csv_refusal& no) {
        refuse_file(std::string{no.message()});
    }
}

// The first thing that is wrong with the cells themselves.
std::string flaw_of_cells(const refund_file_row& row, std::string_view amount_cell) {
    if (row.order_no.empty()) return "没有订单号";
    if (base::is_spoiled_number(row.order_no)) return "订单号被表格软件改坏，请设为文本格式";
    if (row.order_no.size() > order_no_bytes_max) return "没有找到该订单";
    if (amount_cell.empty()) return "没有金额";
    if (!row.amount) return amount_sentence(amount_cell);
    if (row.amount->count() == 0) return "金额应大于零";
    if (row.reason.empty()) return "没有原因";
    if (const auto* flaw = text_flaw(row.reason)) return std::string{"原因"} + flaw;
    if (base::count_code_points(row.reason) > reason_characters_max) return "原因最多20个字";
    return {};
}

std::vector<refund_file_row> rows_of(const base::csv_table& table) {
    import_report report;
    const column_map map{table, columns(), report};
    if (!report.faults.empty()) refuse_file(report.faults.first().front().sentence);
    std::vector<refund_file_row> out;
    std::map<std::string, int, std::less<>> seen;
    for (std::size_t i = map.heading() + 1; i < table.size(); ++i) {
        auto& row = out.emplace_back();
        row.row_no = static_cast<int>(table.number_of(i));
        row.order_no = half_width(map.cell(i, number));
        const auto written = half_width(map.cell(i, amount));
        row.amount = base::parse_yuan(written);
        row.reason = map.cell(i, reason);
        row.problem = flaw_of_cells(row, written);
        const auto [first, fresh] = seen.try_emplace(row.order_no, row.row_no);
        if (!fresh && row.problem.empty()) {
            row.problem = "与第" + std::to_string(first->second) + "行是同一订单";
        }
    }
    if (out.empty()) refuse_file("文件里没有要退款的行");
    if (out.size() > refund_file_rows_max) refuse_file("一个文件最多500行，请分成几个文件");
    return out;
}

void judge_row(
    db::connection& db,
    refund_file_row& row,
    const std::vector<std::string>& colleges,
    base::epoch_ms now
) {
    if (!row.problem.empty()) return;
    auto order = db::find_listed_order(db, row.order_no, colleges);
    if (!order) {
        row.problem = "没有找到该订单";
        return;
    }
    row.student = std::move(order->student);
    const auto standing = db::refundable_of(db, row.order_no);
    if (!standing) {
        row.problem = "该订单没有收款";
        return;
    }
    row.left = standing->left;
    row.problem = sentence_for(rules::judge_sum(*standing, *row.amount, now));
}

std::string live_key_of(std::string_view bytes) {
    return "file:" + base::to_hex(base::sha256(bytes));
}

db::batch_draft draft_of(
    const console_visitor& who,
    const refund_file_request& wanted,
    const std::vector<refund_file_row>& rows
) {
    db::batch_draft out;
    out.facts.id = base::next_id();
    out.facts.kind = db::batch_kind::file;
    out.facts.title = wanted.name;
    out.facts.note = wanted.note;
    out.facts.reason_code = rules::name_of(wanted.reason);
    out.facts.asked_by = who.actor;
    out.live_key = live_key_of(wanted.bytes);
    out.request_id = wanted.request_id;
    out.request_hash = base::sha256(
        out.live_key + "|" + out.facts.reason_code + "|" + std::to_string(wanted.total_seen.count())
    );
    out.address = who.from.address;
    out.now = base::now_ms();
    out.rows.reserve(rows.size());
    for (const auto& row : rows) {
        auto& one = out.rows.emplace_back();
        one.row_no = row.row_no;
        one.order_no = row.order_no;
        one.amount = row.amount.value_or(base::fen{});
        one.reason = row.reason;
    }
    return out;
}

}  // namespace

base::task<refund_file_check> check_refund_file(
    parts& with, const console_visitor& who, std::string bytes
) {
    const auto key = live_key_of(bytes);
    const auto table = table_of(std::move(bytes));
    const auto read = rows_of(table);
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) {
        refund_file_check out;
        out.rows = read;
        for (auto& row : out.rows) judge_row(db, row, who.scope().colleges, now);
        out.known_batch = db::live_batch(db, key);
        return out;
    };
    auto out = co_await with.pool.read(unit);
    for (const auto& row : out.rows) {
        if (!row.problem.empty()) continue;
        ++out.sound;
        out.total += *row.amount;
    }
    co_return out;
}

base::task<batch_story> ask_refund_file(
    parts& with, const console_visitor& who, refund_file_request wanted
) {
    // A repeat of what was asked for already: its rows would be refused now, since they are held.
    const auto before = [&](db::connection& db) {
        return db::batch_of_request(db, who.actor, wanted.request_id);
    };
    const bool repeated = co_await with.pool.read(before);
    std::vector<refund_file_row> rows;
    if (repeated) {
        const auto table = table_of(wanted.bytes);
        rows = rows_of(table);
    } else {
        auto checked = co_await check_refund_file(with, who, wanted.bytes);
        if (checked.known_batch) throw base::error{base::errc::refund_file_known};
        const auto faulty = checked.rows.size() - static_cast<std::size_t>(checked.sound);
        if (faulty != 0)
            refuse_file("有" + std::to_string(faulty) + "行不能退款，没有申请任何退款");
        if (checked.total != wanted.total_seen) {
            throw base::error{base::errc::refund_figures_changed};
        }
        rows = std::move(checked.rows);
    }
    auto draft = draft_of(who, wanted, rows);
    auto out = co_await ask_batch(with, who, std::move(draft));
    co_return out;
}

}  // namespace flows
