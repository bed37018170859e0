#include <algorithm>
#include <unordered_map>

#include "server/base/ids.hpp"
#include "server/flows/import_cells.hpp"
#include "server/flows/import_choice_cells.hpp"
#include "server/flows/import_story.hpp"
#include "server/rules/fee_rules.hpp"

// Fee items, known by 项目名称. A blank cell leaves what is stored as it is, and takes the default
// for a new item; 无 or 不限 clears a day. How an item is offered: import_choice_cells.
namespace flows {
namespace {

enum column : std::size_t {
    name,
    category,
    merchant,
    required,
    settle_order,
    open_from,
    open_until,
    partial,
    choice  // the first of import_choice_cells
};

constexpr int settle_order_most = 9999;

std::vector<column_rule> all_columns() {
    std::vector<column_rule> out{
        {{"项目名称", "收费项目", "项目"}, true},
        {{"类别", "项目类别", "收费类别"}, true},
        {{"商户号", "微信商户号", "收款商户号"}},
        {{"必缴", "是否必缴"}},
        {{"顺序", "缴费顺序", "结算顺序", "排序"}},
        {{"开放日期", "开始日期", "开放时间"}},
        {{"截止日期", "结束日期", "截止时间"}},
        {{"允许部分缴费", "部分缴费", "可分次缴纳"}},
    };
    for (auto& one : choice_columns()) out.push_back(std::move(one));
    return out;
}

const std::vector<column_rule>& columns() {
    static const auto rules = all_columns();
    return rules;
}

struct item_line {
    std::size_t row = 0;
    std::string name;
    rules::fee_category category = rules::fee_category::other;
    std::string mch_id;  // "" = not in the file
    std::optional<bool> required;
    std::optional<int> settle_order;
    optional_cell<base::business_day> open_from;
    optional_cell<base::business_day> open_until;
    std::optional<bool> partial;
    choice_cells choice;
};

std::optional<base::epoch_ms> instant_of(
    const optional_cell<base::business_day>& day,
    std::optional<base::epoch_ms> stored,
    base::epoch_ms (*place_in)(base::business_day)
) {
    if (!day.given) return stored;
    return day.value ? std::optional{place_in(*day.value)} : std::nullopt;
}

std::string day_text(const std::optional<base::epoch_ms>& instant) {
    return instant ? base::to_text(base::business_day_of(*instant)) : "不限";
}

std::string category_text(std::string_view stored) {
    const auto known = rules::fee_category_of(stored);
    return std::string{known ? rules::chinese_name_of(*known) : stored};
}

const char* yes_no(bool flag) {
    return flag ? "是" : "否";
}

db::stored_item applied(const item_line& line, db::stored_item to) {
    to.category = rules::name_of(line.category);
    if (!line.mch_id.empty()) to.mch_id = line.mch_id;
    to.required = line.required.value_or(to.required);
    to.settle_order = line.settle_order.value_or(to.settle_order);
    to.partial_allowed = line.partial.value_or(to.partial_allowed);
    to.open_from = instant_of(line.open_from, to.open_from, base::start_of);
    to.open_until = instant_of(line.open_until, to.open_until, last_instant_of);
    to.choice = applied(line.choice, std::move(to.choice));
    return to;
}

std::vector<field_change> changes_between(const db::stored_item& a, const db::stored_item& b) {
    std::vector<field_change> out;
    const auto note = [&](const char* field, std::string from, std::string to) {
        if (from != to) out.push_back({field, std::move(from), std::move(to)});
    };
    note("类别", category_text(a.category), category_text(b.category));
    note("商户号", a.mch_id, b.mch_id);
    note("必缴", yes_no(a.required), yes_no(b.required));
    note("顺序", std::to_string(a.settle_order), std::to_string(b.settle_order));
    note("开放日期", day_text(a.open_from), day_text(b.open_from));
    note("截止日期", day_text(a.open_until), day_text(b.open_until));
    note("允许部分缴费", yes_no(a.partial_allowed), yes_no(b.partial_allowed));
    for (auto& one : choice_changes(a.choice, b.choice)) out.push_back(std::move(one));
    return out;
}

class import_items final : public import_story {
public:
    explicit import_items(const import_surroundings& around) : around_{around} {}

    void check(const base::csv_table& table, import_report& report) override {
        const column_map map{table, columns(), report};
        if (!report.faults.empty()) return;
        row_reader row{table, map, report};
        std::unordered_map<std::string, std::size_t> rows;
        while (row.next()) {
            auto line = line_of(row);
            const auto [other, first] = rows.emplace(line.name, line.row);
            if (!first && !line.name.empty()) {
                const auto where = "与第" + std::to_string(other->second) + "行重复";
                row.fault(name, "row_duplicate", where);
            }
            if (row.sound()) lines_.push_back(std::move(line));
        }
    }

    void look(db::connection& db) override { stored_ = db::all_items(db); }

    db::import_writes compare(import_report& report) const override {
        db::import_writes writes;
        auto& out = report.difference;
        for (const auto& line : lines_) {
            const auto known = std::ranges::find(stored_, line.name, &db::stored_item::name);
            if (known == stored_.end()) {
                ++out.rows_new;
                writes.new_items.push_back(applied(line, blank_item(line)));
                note_flaws(line, writes.new_items.back(), report);
                if (out.wants_new_line()) out.first_new.push_back(shown_new(line));
                continue;
            }
            auto wanted = applied(line, *known);
            note_flaws(line, wanted, report);
            auto changes = changes_between(*known, wanted);
            if (changes.empty()) {
                ++out.rows_unchanged;
                continue;
            }
            ++out.rows_changed;
            writes.changed_items.push_back(std::move(wanted));
            if (out.wants_changed_line()) {
                out.first_changed.push_back({line.row, line.name, std::move(changes)});
            }
        }
        return writes;
    }

private:
    item_line line_of(row_reader& row) const {
        item_line out;
        out.row = row.number();
        row.require(name);
        row.require(category);
        out.name = row.text(name, 64);
        if (const auto known = rules::fee_category_of(row.raw(category))) {
            out.category = *known;
        } else if (!row.blank(category)) {
            row.fault(category, "category_unknown", "应为学费、住宿费、其他、生活或报名");
        }
        out.mch_id = merchant_of(row);
        out.required = row.yes_or_no(required);
        out.settle_order = row.whole_number(settle_order, settle_order_most);
        out.open_from = row.day(open_from);
        out.open_until = row.day(open_until);
        out.partial = row.yes_or_no(partial);
        out.choice = read_choice_cells(row, choice);
        const bool both = out.open_from.value && out.open_until.value;
        if (both && *out.open_from.value > *out.open_until.value) {
            row.fault(open_until, "window_reversed", "早于开放日期");
        }
        return out;
    }

    std::string merchant_of(row_reader& row) const {
        const auto& ours = around_.mch_ids;
        if (row.blank(merchant)) {
            if (ours.empty()) row.fault(merchant, "merchant_missing", "系统没有配置商户号");
            return {};
        }
        auto given = row.student_no(merchant);
        if (!given.empty() && std::ranges::find(ours, given) == ours.end()) {
            row.fault(merchant, "merchant_unknown", "系统没有配置这个商户号");
        }
        return given;
    }

    db::stored_item blank_item(const item_line& line) const {
        db::stored_item out;
        out.id = base::next_id();
        out.name = line.name;
        if (!around_.mch_ids.empty()) out.mch_id = around_.mch_ids.front();
        out.required = line.category == rules::fee_category::tuition ||
                       line.category == rules::fee_category::lodging;
        return out;
    }

    static void note_flaws(
        const item_line& line, const db::stored_item& wanted, import_report& report
    ) {
        for (auto& one : choice_flaws(wanted)) {
            report.faults.add(
                {line.row, std::move(one.column), std::move(one.code), std::move(one.sentence)}
            );
        }
    }

    static import_line shown_new(const item_line& line) {
        const std::string category{rules::chinese_name_of(line.category)};
        return {line.row, line.name, {{"类别", "", category}}};
    }

    const import_surroundings& around_;
    std::vector<item_line> lines_;
    std::vector<db::stored_item> stored_;
};

}  // namespace

std::unique_ptr<import_story> import_items_story(const import_surroundings& around) {
    return std::make_unique<import_items>(around);
}

}  // namespace flows
