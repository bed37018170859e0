#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/clock.hpp"

// 电子缴费凭证, a PDF drawn with Cairo and Pango: text stays text.
namespace paper {

struct receipt_line {
    std::string period;
    std::string item;
    std::string amount;  // "7,000.00"
};

using label_and_value = std::pair<std::string, std::string>;

// Everything as it is to be read; the drawing adds the headings of the table and nothing else.
struct receipt_sheet {
    std::string school;
    std::string platform;
    std::string title;
    std::string number;
    std::vector<label_and_value> payer;  // above the lines, two in a row
    std::vector<receipt_line> lines;
    std::string total;  // "¥8,200.00"
    std::string total_in_capitals;
    std::string refunded;                  // a sentence, or ""
    std::vector<label_and_value> payment;  // below the lines, two in a row
    std::string verify_address;            // content of the QR code
    std::string verify_code;               // "ABCD-EFGH-JKLM-NPQR"
    std::vector<std::string> notes;
    base::epoch_ms issued_at = 0;
};

// A4; as many pages as the lines need. The same sheet gives the same bytes.
std::string receipt_pdf(const receipt_sheet& sheet);

}  // namespace paper
