#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wechat::pay {

// Why a daily bill is not believed. In the order in which it is looked for.
enum class bill_fault {
    none,
    // its bytes
    gzip_damaged,
    gzip_unfinished,  // cut short
    gzip_followed,    // something after its end
    too_big,          // unpacked, or more than 64 bits can sum up
    hash_differs,     // not the file that WeChat spoke of
    // its lines
    line_too_long,
    not_text,  // holds a NUL
    header_missing,
    column_missing,
    column_twice,
    not_a_row,     // neither a row nor the totals: a line break inside a cell, or a cut
    cells_differ,  // more or fewer cells than columns
    // its cells
    bad_time,
    bad_amount,
    bad_cell,
    // its end
    totals_missing,
    totals_followed,  // something after the totals
    totals_differ,    // from the sums of the rows: the file was misread
};

std::string_view name_of(bill_fault what);

struct bill_refusal {
    bill_fault what = bill_fault::none;
    std::size_t line = 0;     // from 1; 0 when the bytes are at fault
    std::string_view column;  // by the name that we look for; never what stood in the file

    explicit operator bool() const { return what != bill_fault::none; }
};

// "line 7: bad_amount in 订单金额": for logs and for finance.
std::string to_text(const bill_refusal& why);

}  // namespace wechat::pay
