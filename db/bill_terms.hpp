#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"

// Why a bill is what it is: adjustments that change its sum, terms that change when it is to be
// paid. Both are append-only.
namespace db {

enum class adjustment_kind { correction, reduction, surcharge };
std::string_view name_of(adjustment_kind kind);

struct bill_adjustment {
    std::int64_t id = 0;
    std::int64_t bill_id = 0;
    adjustment_kind kind = adjustment_kind::correction;
    base::fen amount;  // negative lowers what is due
    std::string reason;
    std::string paper_no;
    base::epoch_ms made_at = 0;
};

enum class term_kind { deferral, loan };
std::string_view name_of(term_kind kind);

struct bill_term {
    std::int64_t id = 0;
    std::int64_t bill_id = 0;
    term_kind kind = term_kind::deferral;
    base::fen amount;  // of a loan
    base::epoch_ms until = 0;
    std::string reason;
    std::string paper_no;
    base::epoch_ms made_at = 0;
};

// Of these bills, oldest first.
std::vector<bill_adjustment> adjustments_of(
    connection& db, const std::vector<std::int64_t>& bill_ids
);
std::vector<bill_term> terms_of(connection& db, const std::vector<std::int64_t>& bill_ids);

// Changes what is due, unless the bill stands in a live order or would fall below what is paid.
// False: it would, and nothing was done.
bool add_adjustment(
    connection& db, const bill_adjustment& made, std::string_view made_by, base::epoch_ms now
);
void add_term(connection& db, const bill_term& made, std::string_view made_by, base::epoch_ms now);

}  // namespace db
