#include "server/flows/bill_difference.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "server/base/ids.hpp"
#include "server/flows/bill_columns.hpp"

namespace flows {
namespace {

std::string day_text(const std::optional<base::epoch_ms>& instant) {
    return instant ? base::to_text(base::business_day_of(*instant)) : "无";
}

class comparer {
public:
    comparer(const bill_comparison& of, import_report& report)
        : of_{of}, report_{report}, places_{of.stock, of.column_names, report} {
        seen_.reserve(of.lines.size());
    }

    db::import_writes run() {
        for (const auto& line : of_.lines) judge(line);
        // In ascending id, as orders lock them: two writers then wait instead of dead-locking.
        std::ranges::sort(writes_.changed_bills, {}, [](const db::bill_change& one) {
            return one.seen.id;
        });
        return std::move(writes_);
    }

private:
    void judge(const bill_line& line) {
        const auto place = places_.find(line);
        if (place.person == nullptr || place.item == nullptr) return;
        const auto key = std::to_string(place.person->id) + '|' + std::to_string(place.item->id) +
                         '|' + line.period;
        const auto [other, first] = seen_.emplace(key, line.row);
        if (!first) {
            places_.fault(
                line,
                bill_column::item,
                "row_duplicate",
                "与第" + std::to_string(other->second) + "行重复：同一学生、区间和项目"
            );
            return;
        }
        if (place.bill == nullptr) {
            add_new(line, *place.person, *place.item);
        } else {
            add_known(line, *place.person, *place.bill);
        }
    }

    static std::optional<base::epoch_ms> pay_before_of(
        const bill_line& line, std::optional<base::epoch_ms> stored
    ) {
        if (!line.pay_before.given) return stored;
        if (!line.pay_before.value) return std::nullopt;
        return last_instant_of(*line.pay_before.value);
    }

    void add_new(
        const bill_line& line, const db::stored_person& person, const db::stored_item& item
    ) {
        db::stored_bill made;
        made.id = base::next_id();
        made.person_id = person.id;
        made.item_id = item.id;
        made.period = line.period;
        made.standard = line.standard;
        made.due = line.standard;
        made.pay_before = pay_before_of(line, std::nullopt);
        auto& out = report_.difference;
        ++out.rows_new;
        out.new_total += line.standard;
        if (out.wants_new_line()) {
            out.first_new.push_back(
                {line.row,
                 subject_of(line, person),
                 {{"应缴金额", "", base::to_grouped_yuan(line.standard)}}}
            );
        }
        writes_.new_bills.push_back(std::move(made));
    }

    void add_known(
        const bill_line& line, const db::stored_person& person, const db::stored_bill& stored
    ) {
        // What adjustments added to the old standard amount stays on top of the new one.
        const auto due = stored.due + (line.standard - stored.standard);
        const auto pay_before = pay_before_of(line, stored.pay_before);
        const bool amount_changes = line.standard != stored.standard;
        auto& out = report_.difference;
        if (stored.chosen) {
            out.add_conflict(
                {line.row,
                 subject_of(line, person),
                 "bill_chosen",
                 "学生已自行选择该项目，不能再导入"}
            );
            return;
        }
        if (amount_changes && in_conflict(line, person, stored, due)) return;
        if (!amount_changes && pay_before == stored.pay_before) {
            ++out.rows_unchanged;
            return;
        }
        ++out.rows_changed;
        out.changed_total += due - stored.due;
        if (out.wants_changed_line()) {
            import_line shown{line.row, subject_of(line, person), {}};
            if (amount_changes) {
                shown.fields.push_back(
                    {"应缴金额",
                     base::to_grouped_yuan(stored.standard),
                     base::to_grouped_yuan(line.standard)}
                );
            }
            if (pay_before != stored.pay_before) {
                shown.fields.push_back(
                    {"截止日期", day_text(stored.pay_before), day_text(pay_before)}
                );
            }
            out.first_changed.push_back(std::move(shown));
        }
        writes_.changed_bills.push_back({stored, line.standard, due, pay_before});
    }

    bool in_conflict(
        const bill_line& line,
        const db::stored_person& person,
        const db::stored_bill& stored,
        base::fen due
    ) {
        const auto refuse = [&](std::string code, std::string sentence) {
            report_.difference.add_conflict(
                {line.row, subject_of(line, person), std::move(code), std::move(sentence)}
            );
            return true;
        };
        if (stored.in_live_order) {
            return refuse("bill_in_live_order", "正在一笔未完成的订单中，金额暂不能修改");
        }
        if (due < base::fen{}) {
            return refuse(
                "bill_below_zero",
                "已有减免，按新金额计算的应缴为负：" + base::to_grouped_yuan(due) + "元"
            );
        }
        if (due < stored.paid) {
            return refuse(
                "bill_below_paid",
                "已缴" + base::to_grouped_yuan(stored.paid) + "元，多于新的应缴金额" +
                    base::to_grouped_yuan(due) + "元"
            );
        }
        return false;
    }

    const bill_comparison& of_;
    import_report& report_;
    bill_directory places_;
    std::unordered_map<std::string, std::size_t> seen_;  // → row
    db::import_writes writes_;
};

}  // namespace

db::import_writes bill_difference(const bill_comparison& of, import_report& report) {
    return comparer{of, report}.run();
}

}  // namespace flows
