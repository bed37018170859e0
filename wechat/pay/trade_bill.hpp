#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "wechat/pay/bill_table.hpp"

// The trade bill of one day: payments by their success time, refunds by the time they were
// accepted. Reads the kinds ALL, SUCCESS (without the columns of refunds) and REFUND.
namespace wechat::pay {

enum class bill_row_state { success, refund, revoked, other };

struct trade_row {
    std::size_t line = 0;
    base::epoch_ms time = 0;  // paid, or the refund accepted
    std::string mch_id;
    std::string transaction_id;
    std::string out_trade_no;
    bill_row_state state = bill_row_state::other;
    std::string state_text;
    base::fen order_amount;       // amount.total of the payment; 0 on the row of a refund
    base::fen settlement_amount;  // less 免充值券; 0 likewise
    fine_yuan fee;                // negative where a refund gives it back
    // Of refunds; else empty and 0:
    std::string refund_id;
    std::string out_refund_no;
    base::fen refund_applied;   // amount.refund
    base::fen refunded;         // less 免充值券
    std::string refund_type;    // ORIGINAL, BALANCE, …
    std::string refund_status;  // as of the making of the bill, never updated: ask WeChat instead
};

struct trade_sums {
    std::int64_t rows = 0;
    base::fen order_amount;
    base::fen settlement_amount;
    base::fen refund_applied;
    base::fen refunded;
    fine_yuan fees;
    bool tells_refunds = true;  // false: of the kind SUCCESS, which has payments only
};

struct trade_reading {
    trade_sums sums;  // when nothing is refused
    bill_refusal why;
};

// Hands each row on, in the order of the file (which is none), and only those of a file that is
// right to its end: it is read twice, first for form and sums. An empty day has no rows. Bounded
// memory; some tenths of a second for 100,000 rows, not for an I/O thread.
trade_reading read_trade_bill(
    const bill_file& file, const std::function<void(const trade_row&)>& each
);

// Pulls rows one by one; for readers that work in batches. Rows are provisional until the end has
// been seen without a refusal: check the file first.
class trade_bill_reader {
public:
    // file must outlive the reader.
    explicit trade_bill_reader(const bill_file& file);

    // Valid until the next call; null after the last row and at a refusal.
    const trade_row* next();
    const bill_refusal& refusal() const { return table_.refusal(); }
    trade_sums sums() const;  // so far

private:
    struct columns {
        bill_table::column time, refund_time, mch_id, transaction_id, out_trade_no, state,
            order_amount, settlement_amount, fee, refund_id, out_refund_no, refund_applied,
            refunded, coupon_refunded, refund_type, refund_status;
    };
    struct sums_so_far {
        bill_sum rows, order_amount, settlement_amount, fees, refund_applied, refunded,
            coupon_refunded;
    };

    void find_columns();
    void read_row();
    void read_refund();
    void add_row();
    void compare_totals();

    bill_table table_;
    columns at_;
    trade_row row_;
    sums_so_far sums_;
};

}  // namespace wechat::pay
