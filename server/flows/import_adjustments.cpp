#include <algorithm>
#include <unordered_set>

#include "server/base/ids.hpp"
#include "server/flows/bill_columns.hpp"
#include "server/flows/bill_directory.hpp"
#include "server/flows/import_cells.hpp"
#include "server/flows/import_story.hpp"

// What changes bills one by one: 减免 and 补收 change the sum, 缓缴 and 助学贷款 the time. A row
// that stands there already, with the same amount, day, reason and paper, is left alone; to take a
// term back, give it an end in the past.
namespace flows {
namespace {

enum column : std::size_t { kind = 5, amount, until, reason, paper_no };

enum class row_kind { reduction, surcharge, deferral, loan };

const std::vector<column_rule>& columns() {
    static const std::vector<column_rule> rules = [] {
        auto out = bill_name_columns();
        out.push_back({{"类型", "调整类型", "类别"}, true});
        out.push_back({{"金额", "调整金额"}});
        out.push_back({{"截止日期", "至", "期限", "截止日"}});
        out.push_back({{"原因", "事由"}, true});
        out.push_back({{"文号", "批文号", "依据"}});
        return out;
    }();
    return rules;
}

struct adjustment_line : bill_name {
    row_kind kind = row_kind::reduction;
    base::fen amount;
    base::epoch_ms until = 0;
    std::string reason;
    std::string paper_no;

    bool changes_sum() const { return kind == row_kind::reduction || kind == row_kind::surcharge; }
    base::fen change() const { return kind == row_kind::reduction ? -amount : amount; }
};

std::string_view word_of(row_kind kind) {
    switch (kind) {
        case row_kind::reduction:
            return "减免";
        case row_kind::surcharge:
            return "补收";
        case row_kind::deferral:
            return "缓缴";
        case row_kind::loan:
            return "助学贷款";
    }
    return "";
}

bool same(const adjustment_line& line, const db::bill_adjustment& stored) {
    return line.change() == stored.amount && line.reason == stored.reason &&
           line.paper_no == stored.paper_no;
}

bool same(const adjustment_line& line, const db::bill_term& stored) {
    const auto kind = line.kind == row_kind::loan ? db::term_kind::loan : db::term_kind::deferral;
    return kind == stored.kind && line.amount == stored.amount && line.until == stored.until &&
           line.reason == stored.reason && line.paper_no == stored.paper_no;
}

class import_adjustments final : public import_story {
public:
    explicit import_adjustments(const import_surroundings& around) : around_{around} {}

    void check(const base::csv_table& table, import_report& report) override {
        const column_map map{table, columns(), report};
        require_somebody(table, map, report);
        if (!report.faults.empty()) return;
        for (std::size_t i = 0; i < columns().size(); ++i) names_.push_back(map.name_of(i));
        row_reader row{table, map, report};
        while (row.next()) {
            auto line = line_of(row);
            if (row.sound()) lines_.push_back(std::move(line));
        }
    }

    void look(db::connection& db) override {
        std::vector<const bill_name*> named;
        for (const auto& line : lines_) named.push_back(&line);
        stock_ = look_up_bills(db, named);
        std::vector<std::int64_t> ids;
        for (const auto& bill : stock_.bills) ids.push_back(bill.id);
        std::ranges::sort(ids);
        adjustments_.clear();
        terms_.clear();
        if (ids.empty()) return;
        adjustments_ = db::adjustments_of(db, ids);
        terms_ = db::terms_of(db, ids);
    }

    db::import_writes compare(import_report& report) const override {
        db::import_writes writes;
        bill_directory places{stock_, names_, report};
        std::unordered_set<std::string> seen;
        std::unordered_map<std::int64_t, base::fen> dues;
        for (const auto& line : lines_) {
            const auto place = places.find(line);
            if (place.person == nullptr || place.item == nullptr) continue;
            if (place.bill == nullptr) {
                places.fault(
                    line, bill_column::item, "bill_unknown", "该学生没有这一区间的这项费用"
                );
                continue;
            }
            if (!seen.insert(identity_of(line, place.bill->id)).second) {
                places.fault(line, kind, "row_duplicate", "与前面的一行完全相同");
                continue;
            }
            add(line, place, report, writes, dues);
        }
        std::ranges::sort(writes.new_adjustments, {}, &db::bill_adjustment::bill_id);
        return writes;
    }

private:
    adjustment_line line_of(row_reader& row) const {
        adjustment_line out{read_bill_name(row, around_), {}, {}, {}, {}, {}};
        row.require(kind);
        out.kind = kind_of(row);
        const bool needs_amount = out.kind != row_kind::deferral;
        const bool needs_day = !out.changes_sum();
        if (needs_amount) row.require(amount);
        if (needs_day) row.require(until);
        out.amount = row.amount(amount).value_or(base::fen{});
        if (needs_amount && !row.blank(amount) && out.amount <= base::fen{}) {
            row.fault(amount, "amount_invalid", "金额应大于 0");
        }
        if (!needs_amount) out.amount = base::fen{};
        if (const auto day = row.day(until); needs_day && day.value) {
            out.until = last_instant_of(*day.value);
        }
        row.require(reason);
        out.reason = row.text(reason, 60);
        out.paper_no = row.text(paper_no, 60);
        return out;
    }

    static row_kind kind_of(row_reader& row) {
        const auto text = row.raw(kind);
        for (const auto one : {row_kind::reduction, row_kind::surcharge, row_kind::deferral}) {
            if (text == word_of(one)) return one;
        }
        if (text == "助学贷款" || text == "贷款") return row_kind::loan;
        if (!text.empty()) {
            row.fault(kind, "kind_unknown", "应为减免、补收、缓缴或助学贷款");
        }
        return row_kind::reduction;
    }

    static std::string identity_of(const adjustment_line& line, std::int64_t bill_id) {
        return std::to_string(bill_id) + '|' + std::string{word_of(line.kind)} + '|' +
               std::to_string(line.amount.count()) + '|' + std::to_string(line.until) + '|' +
               line.reason + '|' + line.paper_no;
    }

    bool is_there(const adjustment_line& line, std::int64_t bill_id) const {
        const auto is = [&](const auto& stored) {
            return stored.bill_id == bill_id && same(line, stored);
        };
        if (line.changes_sum()) return std::ranges::any_of(adjustments_, is);
        // Only the newest of its kind counts.
        const auto wanted =
            line.kind == row_kind::loan ? db::term_kind::loan : db::term_kind::deferral;
        const db::bill_term* newest = nullptr;
        for (const auto& one : terms_) {
            if (one.bill_id == bill_id && one.kind == wanted) newest = &one;
        }
        return newest != nullptr && same(line, *newest);
    }

    void add(
        const adjustment_line& line,
        const bill_place& place,
        import_report& report,
        db::import_writes& writes,
        std::unordered_map<std::int64_t, base::fen>& dues
    ) const {
        auto& out = report.difference;
        const auto& bill = *place.bill;
        if (is_there(line, bill.id)) {
            ++out.rows_unchanged;
            return;
        }
        if (line.changes_sum()) {
            auto& due = dues.try_emplace(bill.id, bill.due).first->second;
            if (in_conflict(line, place, due + line.change(), report)) return;
            due += line.change();
            const auto stored_kind = line.kind == row_kind::reduction
                                         ? db::adjustment_kind::reduction
                                         : db::adjustment_kind::surcharge;
            writes.new_adjustments.push_back(
                {base::next_id(),
                 bill.id,
                 stored_kind,
                 line.change(),
                 line.reason,
                 line.paper_no,
                 0}
            );
            out.changed_total += line.change();
        } else {
            const auto stored_kind =
                line.kind == row_kind::loan ? db::term_kind::loan : db::term_kind::deferral;
            writes.new_terms.push_back(
                {base::next_id(),
                 bill.id,
                 stored_kind,
                 line.amount,
                 line.until,
                 line.reason,
                 line.paper_no,
                 0}
            );
        }
        ++out.rows_new;
        if (out.wants_new_line()) out.first_new.push_back(shown(line, *place.person));
    }

    static import_line shown(const adjustment_line& line, const db::stored_person& person) {
        import_line out{line.row, subject_of(line, person), {}};
        const std::string word{word_of(line.kind)};
        const auto amount =
            line.amount > base::fen{} ? base::to_grouped_yuan(line.amount) : std::string{};
        out.fields.push_back({word, "", amount});
        if (line.until > 0) {
            out.fields.push_back({"至", "", base::to_text(base::business_day_of(line.until))});
        }
        return out;
    }

    static bool in_conflict(
        const adjustment_line& line, const bill_place& place, base::fen due, import_report& report
    ) {
        const auto refuse = [&](std::string code, std::string sentence) {
            report.difference.add_conflict(
                {line.row, subject_of(line, *place.person), std::move(code), std::move(sentence)}
            );
            return true;
        };
        if (place.bill->in_live_order) {
            return refuse("bill_in_live_order", "正在一笔未完成的订单中，金额暂不能修改");
        }
        if (due < base::fen{}) return refuse("bill_below_zero", "减免多于应缴金额");
        if (due < place.bill->paid) {
            return refuse(
                "bill_below_paid",
                "已缴" + base::to_grouped_yuan(place.bill->paid) +
                    "元，多于减免后的应缴金额，请改用退款"
            );
        }
        return false;
    }

    const import_surroundings& around_;
    std::vector<adjustment_line> lines_;
    std::vector<std::string> names_;
    bill_stock stock_;
    std::vector<db::bill_adjustment> adjustments_;
    std::vector<db::bill_term> terms_;
};

}  // namespace

std::unique_ptr<import_story> import_adjustments_story(const import_surroundings& around) {
    return std::make_unique<import_adjustments>(around);
}

}  // namespace flows
