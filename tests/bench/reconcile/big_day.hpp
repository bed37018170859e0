#pragma once

#include <string>

#include "tests/support/private_database.hpp"

// A day of many payments, on both sides.
namespace big_day {

inline const std::string mch_id = "1900000001";

struct bills {
    std::string trade;  // gzip
    std::string trade_sha1;
    std::string flow;
    std::string flow_sha1;
};

// Made in a process of its own, so that what it takes is not counted here.
bills make_bills(int payments);

void fill_books(const support::private_database& into, int payments);

}  // namespace big_day
