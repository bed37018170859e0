#include "wechat/pay/trade_bill.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view count_total = "总交易单数";
constexpr std::string_view none = "0";  // in place of a number that the row does not have

bill_row_state row_state_of(std::string_view text) {
    if (text == "SUCCESS") return bill_row_state::success;
    if (text == "REFUND") return bill_row_state::refund;
    if (text == "REVOKED") return bill_row_state::revoked;
    return bill_row_state::other;
}

}  // namespace

trade_bill_reader::trade_bill_reader(const bill_file& file) : table_{file, count_total} {
    find_columns();
}

void trade_bill_reader::find_columns() {
    at_.time = table_.need("交易时间");
    at_.mch_id = table_.need("商户号");
    at_.transaction_id = table_.need("微信订单号");
    at_.out_trade_no = table_.need("商户订单号");
    at_.state = table_.need("交易状态");
    at_.settlement_amount = table_.need("应结订单金额");
    at_.fee = table_.need("手续费");
    at_.order_amount = table_.need("订单金额");
    at_.refund_id = table_.find("微信退款单号");
    // All that is about refunds, or nothing.
    if (!at_.refund_id.is_there()) return;
    at_.refund_id = table_.need("微信退款单号");
    at_.out_refund_no = table_.need("商户退款单号");
    at_.refunded = table_.need("退款金额");
    at_.refund_type = table_.need("退款类型");
    at_.refund_status = table_.need("退款状态");
    at_.refund_applied = table_.need("申请退款金额");
    at_.coupon_refunded = table_.find("充值券退款金额");
    at_.refund_time = table_.find("退款申请时间");
}

const trade_row* trade_bill_reader::next() {
    if (table_.next_row()) {
        read_row();
        if (!refusal()) add_row();
        return refusal() ? nullptr : &row_;
    }
    if (!refusal()) compare_totals();
    return nullptr;
}

void trade_bill_reader::read_row() {
    row_.line = table_.line();
    row_.mch_id = table_.id(at_.mch_id);
    row_.transaction_id = table_.id(at_.transaction_id);
    row_.out_trade_no = table_.id(at_.out_trade_no);
    row_.state_text = table_.id(at_.state);
    row_.state = row_state_of(row_.state_text);
    row_.order_amount = table_.amount(at_.order_amount);
    row_.settlement_amount = table_.amount(at_.settlement_amount);
    row_.fee = table_.fee(at_.fee);
    // In the kind REFUND the first column is the time of the payment.
    const bool has_own = row_.state == bill_row_state::refund && at_.refund_time.is_there();
    row_.time = table_.time(has_own ? at_.refund_time : at_.time);
    if (row_.mch_id.empty()) table_.refuse(bill_fault::bad_cell, at_.mch_id.name);
    if (row_.transaction_id.empty()) table_.refuse(bill_fault::bad_cell, at_.transaction_id.name);
    if (row_.out_trade_no.empty()) table_.refuse(bill_fault::bad_cell, at_.out_trade_no.name);
    if (at_.refund_id.is_there()) read_refund();
    if (row_.state == bill_row_state::refund && row_.refund_id.empty()) {
        table_.refuse(bill_fault::bad_cell, "微信退款单号");
    }
}

void trade_bill_reader::read_refund() {
    row_.refund_id = table_.id(at_.refund_id);
    row_.out_refund_no = table_.id(at_.out_refund_no);
    if (row_.refund_id == none) row_.refund_id.clear();
    if (row_.out_refund_no == none) row_.out_refund_no.clear();
    row_.refund_applied = table_.amount(at_.refund_applied);
    row_.refunded = table_.amount(at_.refunded);
    row_.refund_type = table_.id(at_.refund_type);
    row_.refund_status = table_.id(at_.refund_status);
}

void trade_bill_reader::add_row() {
    const auto coupon =
        at_.coupon_refunded.is_there() ? table_.amount(at_.coupon_refunded) : base::fen{};
    const bool added =
        sums_.rows.add(1) && sums_.order_amount.add(row_.order_amount.count()) &&
        sums_.settlement_amount.add(row_.settlement_amount.count()) &&
        sums_.fees.add(row_.fee.count()) && sums_.refund_applied.add(row_.refund_applied.count()) &&
        sums_.refunded.add(row_.refunded.count()) && sums_.coupon_refunded.add(coupon.count());
    if (!added) table_.refuse(bill_fault::too_big);
}

void trade_bill_reader::compare_totals() {
    struct line {
        std::string_view name;
        const bill_sum& sum;
        std::int64_t unit;
        bool needed;
    };
    const bool refunds = at_.refund_id.is_there();
    const line lines[] = {
        {count_total, sums_.rows, fine_per_one, true},
        {"订单总金额", sums_.order_amount, fine_per_fen, true},
        {"手续费总金额", sums_.fees, 1, true},
        {"申请退款总金额", sums_.refund_applied, fine_per_fen, refunds},
        {"应结订单总金额", sums_.settlement_amount, fine_per_fen, false},
        {"退款总金额", sums_.refunded, fine_per_fen, false},
        {"充值券退款总金额", sums_.coupon_refunded, fine_per_fen, false},
    };
    for (const auto& one : lines) {
        const auto printed = table_.total(one.name);
        if (!printed && one.needed) table_.refuse(bill_fault::totals_missing, one.name);
        if (printed && !one.sum.is(*printed, one.unit)) {
            table_.refuse(bill_fault::totals_differ, one.name);
        }
    }
}

trade_sums trade_bill_reader::sums() const {
    trade_sums made;
    made.rows = sums_.rows.count();
    made.order_amount = base::fen{sums_.order_amount.count()};
    made.settlement_amount = base::fen{sums_.settlement_amount.count()};
    made.refund_applied = base::fen{sums_.refund_applied.count()};
    made.refunded = base::fen{sums_.refunded.count()};
    made.fees = fine_yuan{sums_.fees.count()};
    made.tells_refunds = at_.refund_id.is_there();
    return made;
}

trade_reading read_trade_bill(
    const bill_file& file, const std::function<void(const trade_row&)>& each
) {
    trade_bill_reader first{file};
    while (first.next() != nullptr) {
    }
    trade_reading made;
    made.why = first.refusal();
    if (made.why) return made;
    made.sums = first.sums();
    if (!each) return made;
    trade_bill_reader second{file};
    while (const auto* row = second.next()) each(*row);
    return made;
}

}  // namespace wechat::pay
