#include "wechat/pay/fund_flow.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view count_total = "资金流水总笔数";

}  // namespace

fund_flow_reader::fund_flow_reader(const bill_file& file) : table_{file, count_total} {
    at_.time = table_.need("记账时间");
    at_.business_no = table_.need("微信支付业务单号");
    at_.flow_no = table_.need("资金流水单号");
    at_.business_name = table_.need("业务名称");
    at_.business_type = table_.need("业务类型");
    at_.direction = table_.need("收支类型");
    at_.amount = table_.need("收支金额(元)");
    at_.balance = table_.need("账户结余(元)");
    at_.voucher_no = table_.need("业务凭证号");
}

const flow_row* fund_flow_reader::next() {
    if (table_.next_row()) {
        read_row();
        if (!refusal()) add_row();
        return refusal() ? nullptr : &row_;
    }
    if (!refusal()) compare_totals();
    return nullptr;
}

void fund_flow_reader::read_row() {
    row_.line = table_.line();
    row_.time = table_.time(at_.time);
    row_.business_no = table_.id(at_.business_no);
    row_.flow_no = table_.id(at_.flow_no);
    row_.business_name = table_.word(at_.business_name);
    row_.business_type = table_.word(at_.business_type);
    row_.amount = table_.amount(at_.amount);
    row_.balance = table_.balance(at_.balance);
    row_.voucher_no = table_.word(at_.voucher_no);
    const auto direction = table_.cell(at_.direction);
    row_.direction = direction == "收入" ? flow_direction::income : flow_direction::expense;
    if (row_.direction == flow_direction::expense && direction != "支出") {
        table_.refuse(bill_fault::bad_cell, at_.direction.name);
    }
}

void fund_flow_reader::add_row() {
    const bool came_in = row_.direction == flow_direction::income;
    auto& rows = came_in ? sums_.income_rows : sums_.expense_rows;
    auto& amount = came_in ? sums_.income : sums_.expense;
    const bool added = sums_.rows.add(1) && rows.add(1) && amount.add(row_.amount.count());
    if (!added) return table_.refuse(bill_fault::too_big);
    follow_balance();
}

void fund_flow_reader::follow_balance() {
    const auto after = row_.balance;
    const auto before = after - row_.signed_amount();
    if (!ends_) {
        ends_ = ends{before, after, before, after};
        return;
    }
    may_rise_ = may_rise_ && before == ends_->last_after;
    may_fall_ = may_fall_ && after == ends_->last_before;
    ends_->last_before = before;
    ends_->last_after = after;
}

void fund_flow_reader::compare_totals() {
    struct line {
        std::string_view name;
        const bill_sum& sum;
        std::int64_t unit;
    };
    const line lines[] = {
        {count_total, sums_.rows, fine_per_one},
        {"收入笔数", sums_.income_rows, fine_per_one},
        {"收入金额", sums_.income, fine_per_fen},
        {"支出笔数", sums_.expense_rows, fine_per_one},
        {"支出金额", sums_.expense, fine_per_fen},
    };
    for (const auto& one : lines) {
        const auto printed = table_.total(one.name);
        if (!printed) {
            table_.refuse(bill_fault::totals_missing, one.name);
        } else if (!one.sum.is(*printed, one.unit)) {
            table_.refuse(bill_fault::totals_differ, one.name);
        }
    }
}

flow_sums fund_flow_reader::sums() const {
    flow_sums made;
    made.income_rows = sums_.income_rows.count();
    made.expense_rows = sums_.expense_rows.count();
    made.income = base::fen{sums_.income.count()};
    made.expense = base::fen{sums_.expense.count()};
    if (!may_rise_) made.order = may_fall_ ? balance_order::newest_first : balance_order::none;
    if (!ends_ || made.order == balance_order::none) return made;
    const bool rises = made.order == balance_order::oldest_first;
    made.opening = rises ? ends_->first_before : ends_->last_before;
    made.closing = rises ? ends_->last_after : ends_->first_after;
    return made;
}

flow_reading read_fund_flow(
    const bill_file& file, const std::function<void(const flow_row&)>& each
) {
    fund_flow_reader first{file};
    while (first.next() != nullptr) {
    }
    flow_reading made;
    made.why = first.refusal();
    if (made.why) return made;
    made.sums = first.sums();
    if (!each) return made;
    fund_flow_reader second{file};
    while (const auto* row = second.next()) each(*row);
    return made;
}

}  // namespace wechat::pay
