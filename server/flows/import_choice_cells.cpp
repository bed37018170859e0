#include "server/flows/import_choice_cells.hpp"

#include "server/rules/choice_form.hpp"
#include "server/rules/target_pattern.hpp"

namespace flows {
namespace {

enum part : std::size_t {
    description,
    period,
    price,
    least,
    most,
    target_label,
    target_hint,
    target_pattern,
    before_text,
    after_text,
    capacity,
    form
};

constexpr std::size_t description_max = 1000;
constexpr std::size_t sentence_max = 100;
constexpr int capacity_max = 100'000;

class cells {
public:
    cells(row_reader& row, std::size_t first) : row_{row}, first_{first} {}

    optional_cell<std::string> text(part which, std::size_t characters_max) {
        if (row_.blank(at(which))) return {};
        if (clears(which)) return {true, std::nullopt};
        return {true, row_.text(at(which), characters_max)};
    }

    optional_cell<base::fen> amount(part which) {
        if (row_.blank(at(which))) return {};
        if (clears(which)) return {true, std::nullopt};
        return {true, row_.amount(at(which))};
    }

    optional_cell<int> number(part which, int number_max) {
        if (row_.blank(at(which))) return {};
        if (clears(which)) return {true, std::nullopt};
        return {true, row_.whole_number(at(which), number_max)};
    }

    optional_cell<std::string> period_text(part which) {
        if (row_.blank(at(which))) return {};
        if (clears(which)) return {true, std::nullopt};
        return {true, row_.period(at(which))};
    }

    void fault(part which, std::string code, std::string sentence) {
        row_.fault(at(which), std::move(code), std::move(sentence));
    }

private:
    std::size_t at(part which) const { return first_ + which; }
    bool clears(part which) const {
        const auto raw = row_.raw(at(which));
        return raw == "无" || raw == "不限";
    }

    row_reader& row_;
    std::size_t first_;
};

template <class Value, class Stored>
void put(const optional_cell<Value>& cell, Stored& into) {
    if (!cell.given) return;
    if constexpr (std::is_same_v<Stored, std::string>) {
        into = cell.value.value_or("");
    } else {
        into = cell.value;
    }
}

std::string amount_text(const std::optional<base::fen>& amount) {
    return amount ? base::to_grouped_yuan(*amount) : "无";
}

std::string number_text(const std::optional<int>& number) {
    return number ? std::to_string(*number) : "不限";
}

}  // namespace

std::vector<column_rule> choice_columns() {
    return {
        {{"说明", "项目说明", "简介"}},
        {{"收费区间", "区间", "学年"}},
        {{"价格", "报名费", "单价"}},
        {{"最低金额", "最低充值金额"}},
        {{"最高金额", "最高充值金额"}},
        {{"充值对象", "对象名称"}},
        {{"对象提示", "充值对象提示"}},
        {{"对象格式", "充值对象格式"}},
        {{"开放前提示", "未开放提示"}},
        {{"截止后提示", "已截止提示"}},
        {{"名额", "人数上限"}},
        {{"表单", "报名表"}},
    };
}

choice_cells read_choice_cells(row_reader& row, std::size_t first) {
    cells in{row, first};
    choice_cells out;
    out.description = in.text(part::description, description_max);
    out.period = in.period_text(part::period);
    out.price = in.amount(part::price);
    out.least = in.amount(part::least);
    out.most = in.amount(part::most);
    out.target_label = in.text(part::target_label, 16);
    out.target_hint = in.text(part::target_hint, 40);
    out.target_pattern = in.text(part::target_pattern, 60);
    out.before_text = in.text(part::before_text, sentence_max);
    out.after_text = in.text(part::after_text, sentence_max);
    out.capacity = in.number(part::capacity, capacity_max);
    out.form = in.text(part::form, description_max);
    if (out.target_pattern.value && !out.target_pattern.value->empty() &&
        !rules::target_pattern_of(*out.target_pattern.value)) {
        in.fault(
            part::target_pattern,
            "pattern_invalid",
            "写法不正确：9表示数字，A表示字母，N表示数字或字母，可带{3}或{1,2}，如9{1,2}-9{3}"
        );
    }
    std::string why;
    if (out.form.value && !rules::form_of(*out.form.value, why)) {
        in.fault(part::form, "form_invalid", why);
    }
    return out;
}

db::stored_choice applied(const choice_cells& cells, db::stored_choice to) {
    put(cells.description, to.description);
    put(cells.period, to.period);
    put(cells.price, to.price);
    put(cells.least, to.least);
    put(cells.most, to.most);
    put(cells.target_label, to.target_label);
    put(cells.target_hint, to.target_hint);
    put(cells.target_pattern, to.target_pattern);
    put(cells.before_text, to.before_text);
    put(cells.after_text, to.after_text);
    put(cells.capacity, to.capacity);
    put(cells.form, to.form);
    return to;
}

std::vector<field_change> choice_changes(const db::stored_choice& a, const db::stored_choice& b) {
    std::vector<field_change> out;
    const auto note = [&](const char* field, std::string from, std::string to) {
        if (from != to) out.push_back({field, std::move(from), std::move(to)});
    };
    note("说明", a.description, b.description);
    note("收费区间", a.period, b.period);
    note("价格", amount_text(a.price), amount_text(b.price));
    note("最低金额", amount_text(a.least), amount_text(b.least));
    note("最高金额", amount_text(a.most), amount_text(b.most));
    note("充值对象", a.target_label, b.target_label);
    note("对象提示", a.target_hint, b.target_hint);
    note("对象格式", a.target_pattern, b.target_pattern);
    note("开放前提示", a.before_text, b.before_text);
    note("截止后提示", a.after_text, b.after_text);
    note("名额", number_text(a.capacity), number_text(b.capacity));
    note("表单", a.form, b.form);
    return out;
}

std::vector<choice_flaw> choice_flaws(const db::stored_item& wanted) {
    const auto& one = wanted.choice;
    std::vector<choice_flaw> out;
    if (one.least && one.most && *one.least > *one.most) {
        out.push_back({"最高金额", "limits_reversed", "低于最低金额"});
    }
    if (one.least.has_value() != one.most.has_value()) {
        out.push_back({"最高金额", "limits_incomplete", "最低金额和最高金额应同时填写"});
    }
    if (one.least && *one.least <= base::fen{}) {
        out.push_back({"最低金额", "limits_incomplete", "最低金额应大于零"});
    }
    if (one.price && one.period.empty()) {
        out.push_back({"收费区间", "period_missing", "有价格的项目应填写收费区间"});
    }
    if (one.capacity && *one.capacity < one.places_taken) {
        const auto taken = std::to_string(one.places_taken);
        out.push_back({"名额", "capacity_below_taken", "少于已占用的名额" + taken + "个"});
    }
    if (!one.target_pattern.empty() && one.target_label.empty()) {
        out.push_back({"充值对象", "target_missing", "填写了对象格式，应同时填写充值对象"});
    }
    return out;
}

}  // namespace flows
