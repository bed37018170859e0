#pragma once

#include <string>
#include <string_view>

// Contact data and bank cards as students type them.
namespace rules {

// Without blanks and hyphens, full-width digits made half-width.
std::string normal_digits(std::string_view text);

bool is_mobile(std::string_view normal);    // 11 digits, mainland mobile numbers
bool is_email(std::string_view text);       // one @, a domain with a dot, no blanks
bool is_postcode(std::string_view normal);  // 6 digits
// 12 to 19 digits whose last one is the check digit of ISO/IEC 7812 (Luhn).
bool is_bank_card(std::string_view normal);

std::string masked_email(std::string_view email);      // w***@example.com
std::string masked_address(std::string_view address);  // the first six characters, then stars
std::string masked_bank_card(std::string_view card);   // **** **** **** 1234

}  // namespace rules
