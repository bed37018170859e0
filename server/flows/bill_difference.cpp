#include "server/flows/bill_difference.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "server/base/ids.hpp"
#include "server/flows/bill_columns.hpp"
#include "server/flows/cell_text.hpp"
#include "server/rules/masks.hpp"

namespace flows {
namespace {

struct bill_key {
    std::int64_t person_id = 0;
    std::int64_t item_id = 0;
    std::string_view period;
    bool operator==(const bill_key&) const = default;
};

struct hash_of_key {
    std::size_t operator()(const bill_key& key) const {
        constexpr std::size_t spread = 0x9E3779B97F4A7C15U;
        auto out = std::hash<std::string_view>{}(key.period);
        out = (out ^ static_cast<std::size_t>(key.person_id)) * spread;
        return (out ^ static_cast<std::size_t>(key.item_id)) * spread;
    }
};

std::string day_text(const std::optional<base::epoch_ms>& instant) {
    return instant ? base::to_text(base::business_day_of(*instant)) : "无";
}

class comparer {
public:
    comparer(const bill_comparison& of, import_report& report) : of_{of}, report_{report} {
        for (const auto& one : of.people) {
            if (one.student_no) by_number_.emplace(*one.student_no, &one);
            by_id_.emplace(one.id_number_hash, &one);
        }
        for (const auto& one : of.items) items_.emplace(one.name, &one);
        for (const auto& one : of.bills) {
            stored_.emplace(bill_key{one.person_id, one.item_id, one.period}, &one);
        }
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
    using people_by = std::unordered_map<std::string_view, const db::stored_person*>;

    void fault(const bill_line& line, std::size_t column, std::string code, std::string sentence) {
        report_.faults.add(
            {line.row, of_.column_names[column], std::move(code), std::move(sentence)}
        );
    }

    void judge(const bill_line& line) {
        const auto* person = person_of(line);
        const auto item = items_.find(line.item);
        if (item == items_.end()) {
            fault(
                line,
                bill_column::item,
                "item_unknown",
                "没有名为“" + shortened(line.item) + "”的收费项目，请先导入收费项目"
            );
        }
        if (person == nullptr || item == items_.end()) return;
        const bill_key key{person->id, item->second->id, line.period};
        const auto [other, first] = seen_.emplace(key, line.row);
        if (!first) {
            fault(
                line,
                bill_column::item,
                "row_duplicate",
                "与第" + std::to_string(other->second) + "行重复：同一学生、区间和项目"
            );
            return;
        }
        const auto found = stored_.find(key);
        if (found == stored_.end()) {
            add_new(line, *person, *item->second);
        } else {
            add_known(line, *person, *found->second);
        }
    }

    const db::stored_person* look_up(
        const bill_line& line, std::size_t column, const people_by& people, std::string_view key
    ) {
        const auto found = people.find(key);
        if (found != people.end()) return found->second;
        fault(line, column, "student_unknown", "没有这名学生，请先导入学生");
        return nullptr;
    }

    const db::stored_person* person_of(const bill_line& line) {
        const db::stored_person* out = nullptr;
        if (!line.student_no.empty()) {
            out = look_up(line, bill_column::student_no, by_number_, line.student_no);
            if (out == nullptr) return nullptr;
        }
        if (!line.id_number_hash.empty()) {
            const auto* by_id = look_up(line, bill_column::id_number, by_id_, line.id_number_hash);
            if (by_id == nullptr) return nullptr;
            if (out != nullptr && out != by_id) {
                fault(
                    line, bill_column::id_number, "numbers_of_two_people", "与学号不是同一名学生"
                );
                return nullptr;
            }
            out = by_id;
        }
        if (out != nullptr && !line.name.empty() && line.name != out->name) {
            fault(line, bill_column::name, "name_differs", "与已登记的姓名不符");
            return nullptr;
        }
        return out;
    }

    static std::string subject_of(const bill_line& line, const db::stored_person& person) {
        const auto who = person.student_no ? "学号" + *person.student_no : std::string{"新生"};
        return who + " " + rules::masked_name(person.name) + " " + line.period + " " + line.item;
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
    people_by by_number_;
    people_by by_id_;
    std::unordered_map<std::string_view, const db::stored_item*> items_;
    std::unordered_map<bill_key, const db::stored_bill*, hash_of_key> stored_;
    std::unordered_map<bill_key, std::size_t, hash_of_key> seen_;  // → row
    db::import_writes writes_;
};

}  // namespace

db::import_writes bill_difference(const bill_comparison& of, import_report& report) {
    return comparer{of, report}.run();
}

}  // namespace flows
