#pragma once

#include <string>
#include <string_view>

// What people type into a line of a form. All text is UTF-8 (the edge has refused everything else).
namespace rules {

// One character, as bytes. The text must not be empty.
std::string_view first_character(std::string_view text);

// Without blanks at both ends, the full-width one included.
std::string trimmed(std::string_view text);

// Letters, ideographs (also those beyond the basic plane, which are in real names), digits and
// signs; no emoji, no control or invisible characters.
bool is_plain(std::string_view text);

}  // namespace rules
