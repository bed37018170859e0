#pragma once

#include <cstdint>
#include <string_view>

#include "db/connection.hpp"
#include "db/operators.hpp"
#include "server/base/clock.hpp"

// What lets an operator in: a password and the codes of an authenticator. Each of these is one
// conditional UPDATE: it holds only if nothing of what was checked has changed since, and takes the
// code's step, so that a code is good once, at whichever server it arrives.
namespace db {

// What was checked against the row, outside of the transaction.
struct operator_proof {
    std::int64_t operator_id = 0;
    std::string_view password_hash;
    std::string_view totp_sealed;
    std::int64_t step = 0;  // of the code
};

// All answer false where it does not hold: another password, authenticator or state by now, or the
// step (or a newer one) was taken.
bool take_code(connection& db, const operator_proof& proof, base::epoch_ms now);
// Signing in by password and code.
bool sign_operator_in(connection& db, const operator_proof& proof, base::epoch_ms now);
// ... and by the initial password, which has no code.
bool sign_operator_in_for_setup(
    connection& db, std::int64_t operator_id, std::string_view password_hash, base::epoch_ms now
);
bool change_operator_password(
    connection& db, const operator_proof& proof, std::string_view new_hash, base::epoch_ms now
);

// The own password and the authenticator, at once; `step` is the code's that confirmed it.
struct operator_secrets {
    std::string_view password_hash;
    std::string_view totp_sealed;
    std::int64_t step = 0;
};

// Counts an admin who can sign in.
bool finish_operator_setup(
    connection& db,
    std::int64_t operator_id,
    std::string_view initial_hash,
    const operator_secrets& own,
    base::epoch_ms now
);
// In place of the authenticator that is `old_sealed`.
bool replace_authenticator(
    connection& db,
    std::int64_t operator_id,
    std::string_view old_sealed,
    std::string_view new_sealed,
    std::int64_t step,
    base::epoch_ms now
);

}  // namespace db
