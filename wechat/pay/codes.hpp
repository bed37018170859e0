#pragma once

#include <string>
#include <string_view>

#include "wechat/call.hpp"

// What WeChat's error codes mean to one kind of call: a table each, read in one way.
namespace wechat::pay {

// Codes drift between pages with and without underscores: "ORDER_PAID" and "ORDERPAID" are one.
std::string plain_code(std::string_view code);

template <class Kind>
struct meaning {
    std::string_view code;  // without underscores
    Kind kind;
};
template <class Kind>
meaning(std::string_view, Kind) -> meaning<Kind>;

// The code decides; without a known one the status 429 does, whoever said it.
template <class Table, class Kind>
Kind meant(const Table& table, const refusal& why, Kind otherwise, Kind limited) {
    constexpr unsigned too_many_requests = 429;
    const auto code = plain_code(why.code);
    for (const auto& row : table) {
        if (row.code == code) return row.kind;
    }
    return why.http_status == too_many_requests ? limited : otherwise;
}

}  // namespace wechat::pay
