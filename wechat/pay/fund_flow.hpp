#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "wechat/pay/bill_table.hpp"

// The fund-flow bill of one day: every movement on the merchant's account. A payment is two rows,
// the income and its fee. Who asked for a movement and the remark are not read.
namespace wechat::pay {

enum class flow_direction { income, expense };

struct flow_row {
    std::size_t line = 0;
    base::epoch_ms time = 0;
    std::string business_no;    // 微信支付业务单号: transaction_id, refund_id, …
    std::string flow_no;        // 资金流水单号
    std::string business_name;  // 交易, 退款, 扣除交易手续费, …
    std::string business_type;
    flow_direction direction = flow_direction::income;
    base::fen amount;        // never negative
    base::fen balance;       // after this movement
    std::string voucher_no;  // 业务凭证号: our number of the order or the refund

    // What it adds to the balance.
    base::fen signed_amount() const {
        return direction == flow_direction::income ? amount : base::fen{} - amount;
    }
};

// Whether each balance follows from the one before it, in the order of the file.
enum class balance_order {
    oldest_first,
    newest_first,
    none,  // it follows in neither: the file is in another order, which proves nothing
};

struct flow_sums {
    std::int64_t income_rows = 0;
    std::int64_t expense_rows = 0;
    base::fen income;
    base::fen expense;
    balance_order order = balance_order::oldest_first;
    // Before and after the day; closing = opening + income − expense. Not when the order is none,
    // nor on an empty day.
    std::optional<base::fen> opening;
    std::optional<base::fen> closing;
};

struct flow_reading {
    flow_sums sums;  // when nothing is refused
    bill_refusal why;
};

// As read_trade_bill: rows only of a file that is right to its end.
flow_reading read_fund_flow(
    const bill_file& file, const std::function<void(const flow_row&)>& each
);

// As trade_bill_reader.
class fund_flow_reader {
public:
    explicit fund_flow_reader(const bill_file& file);

    const flow_row* next();
    const bill_refusal& refusal() const { return table_.refusal(); }
    flow_sums sums() const;

private:
    struct columns {
        bill_table::column time, business_no, flow_no, business_name, business_type, direction,
            amount, balance, voucher_no;
    };
    struct sums_so_far {
        bill_sum rows, income_rows, expense_rows, income, expense;
    };
    // The balances around the first and the last row read.
    struct ends {
        base::fen first_before, first_after, last_before, last_after;
    };

    void read_row();
    void add_row();
    void follow_balance();
    void compare_totals();

    bill_table table_;
    columns at_;
    flow_row row_;
    sums_so_far sums_;
    std::optional<ends> ends_;
    bool may_rise_ = true;  // so far each row follows from the one before
    bool may_fall_ = true;  // … and the other way round
};

}  // namespace wechat::pay
