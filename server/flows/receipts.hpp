#pragma once

#include <string>

#include "db/orders.hpp"
#include "db/people.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"
#include "server/flows/visitors.hpp"

// 电子凭证: a paper that says what was paid, and the question whether such a paper is genuine.
namespace flows {

struct receipt {
    std::string number;
    db::order order;
    db::person payer;  // the name masked where the sign-in may not see it whole
    base::fen refunded;
    base::epoch_ms issued_at = 0;
    std::string code;            // "ABCD-EFGH-JKLM-NPQR"
    std::string verify_address;  // number and code behind '#', which no log of a server sees
};

// Throws order_not_found, receipt_not_possible (nothing was paid).
base::task<receipt> receipt_of(parts& with, visitor who, std::string order_no);

// The verification address as an SVG picture of a QR code.
std::string qr_of(const receipt& shown);

// Drawn beside the I/O threads.
base::task<std::string> receipt_pdf(parts& with, receipt shown);

// What anybody may read who holds the paper.
struct genuine_receipt {
    std::string number;
    std::string masked_name;
    db::order order;
    base::fen refunded;
};

// number: the receipt's or the order's, code: as typed. Throws receipt_not_genuine,
// too_many_requests.
base::task<genuine_receipt> verify_receipt(
    parts& with, std::string number, std::string code, std::string address
);

}  // namespace flows
