#include "wechat/pay/bill_refusal.hpp"

namespace wechat::pay {

std::string_view name_of(bill_fault what) {
    switch (what) {
        case bill_fault::none:
            return "none";
        case bill_fault::gzip_damaged:
            return "gzip_damaged";
        case bill_fault::gzip_unfinished:
            return "gzip_unfinished";
        case bill_fault::gzip_followed:
            return "gzip_followed";
        case bill_fault::too_big:
            return "too_big";
        case bill_fault::hash_differs:
            return "hash_differs";
        case bill_fault::line_too_long:
            return "line_too_long";
        case bill_fault::not_text:
            return "not_text";
        case bill_fault::header_missing:
            return "header_missing";
        case bill_fault::column_missing:
            return "column_missing";
        case bill_fault::column_twice:
            return "column_twice";
        case bill_fault::not_a_row:
            return "not_a_row";
        case bill_fault::cells_differ:
            return "cells_differ";
        case bill_fault::bad_time:
            return "bad_time";
        case bill_fault::bad_amount:
            return "bad_amount";
        case bill_fault::bad_cell:
            return "bad_cell";
        case bill_fault::totals_missing:
            return "totals_missing";
        case bill_fault::totals_followed:
            return "totals_followed";
        case bill_fault::totals_differ:
            return "totals_differ";
    }
    return "";
}

std::string to_text(const bill_refusal& why) {
    std::string out;
    if (why.line > 0) out = "line " + std::to_string(why.line) + ": ";
    out += name_of(why.what);
    if (!why.column.empty()) out.append(" in ").append(why.column);
    return out;
}

}  // namespace wechat::pay
