// Citizen ID numbers by GB 11643, invented: the area codes below end in 01 (市辖区), a heading of the code list that no
// person is registered under, so the numbers are well formed and belong to nobody.
export const areas = ['220101', '220201', '220301', '220401', '220501', '210101', '230101', '150101', '130101', '370101'];

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

export function checkDigit(seventeen) {
    const sum = weights.reduce((total, weight, i) => total + weight * Number(seventeen[i]), 0);
    return '10X98765432'[sum % 11];
}

/** sequence: 0 … 499; its parity carries the gender. */
export function idNumber({ area, birthday, sequence, male }) {
    const order = String(sequence * 2 + (male ? 1 : 0)).padStart(3, '0');
    const seventeen = area + birthday + order;
    return seventeen + checkDigit(seventeen);
}
